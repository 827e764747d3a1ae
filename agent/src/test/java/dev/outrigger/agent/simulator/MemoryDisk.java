package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.message.ChunkWrite;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.LogOutline.TermStart;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A disk without a format: values that a crash cuts off between two of them. */
final class MemoryDisk implements NodeDisk {
    private final String storageId;
    private final List<Entry> log = new ArrayList<>();
    private long firstIndex = 1;
    /** Term of the entry before the first; 0 at the start of the log. */
    private long termBefore;

    private HardState hardState = new HardState(0, Optional.empty());
    private long bootEpoch;
    private @Nullable Snapshot snapshot;
    private byte[] snapshotBytes = {};
    private @Nullable Snapshot aside;
    private byte[] asideBytes = {};
    private int asideLength;
    private boolean forceFails;
    private boolean full;
    private boolean rotten;

    MemoryDisk(String storageId) {
        this.storageId = storageId;
    }

    @Override
    public String storageId() {
        return storageId;
    }

    @Override
    public Found open() {
        if (rotten) {
            throw new StorageException("an acknowledged record does not have its checksum");
        }
        full = false;
        forceFails = false;
        bootEpoch++;
        return new Found(bootEpoch, hardState, outline());
    }

    private LogOutline outline() {
        List<TermStart> terms = new ArrayList<>();
        List<Entry> configurations = new ArrayList<>();
        long term = 0;
        if (firstIndex > 1) {
            terms.add(new TermStart(termBefore, firstIndex - 1));
            term = termBefore;
        }
        long time = snapshot == null ? 0 : snapshot.timeMillis();
        for (Entry entry : log) {
            if (entry.term() != term) {
                term = entry.term();
                terms.add(new TermStart(term, entry.index()));
            }
            if (entry.kind() == Entry.Kind.CONFIGURATION) {
                configurations.add(entry);
            }
            time = Math.max(time, entry.timeMillis());
        }
        return new LogOutline(firstIndex, lastIndex(), terms, time, configurations, Optional.ofNullable(snapshot));
    }

    private long lastIndex() {
        return firstIndex - 1 + log.size();
    }

    private Entry at(long index) {
        return log.get((int) (index - firstIndex));
    }

    @Override
    public void persist(List<Ready> batch) {
        if (full) {
            throw new StorageException("no space left");
        }
        if (forceFails) {
            forceFails = false;
            throw new StorageException("the force failed");
        }
        write(batch, Integer.MAX_VALUE);
    }

    /** Hard state, snapshot and each entry are one piece each. */
    private void write(List<Ready> batch, int piecesMax) {
        int pieces = piecesMax;
        for (Ready ready : batch) {
            if (ready.hardState().isPresent()) {
                if (pieces-- <= 0) {
                    return;
                }
                hardState = ready.hardState().get();
            }
            if (ready.install().isPresent()) {
                if (pieces-- <= 0) {
                    return;
                }
                install(ready.install().get());
            }
            for (Entry entry : ready.appends()) {
                if (pieces-- <= 0) {
                    return;
                }
                append(entry);
            }
        }
    }

    private void append(Entry entry) {
        int slot = (int) (entry.index() - firstIndex);
        if (slot < log.size()) {
            log.subList(slot, log.size()).clear();
        }
        log.add(entry);
    }

    private void install(Snapshot installed) {
        if (!installed.equals(aside) || asideLength != installed.bytes()) {
            throw new StorageException("the snapshot to be installed is not there");
        }
        boolean keeps = installed.index() >= firstIndex
                && installed.index() <= lastIndex()
                && at(installed.index()).term() == installed.term();
        if (keeps) {
            drop(installed.index() + 1);
        } else {
            log.clear();
            firstIndex = installed.index() + 1;
            termBefore = installed.term();
        }
        snapshot = installed;
        snapshotBytes = asideBytes;
        aside = null;
        asideLength = 0;
    }

    private void drop(long first) {
        if (first > firstIndex) {
            termBefore = at(first - 1).term();
            log.subList(0, (int) (first - firstIndex)).clear();
            firstIndex = first;
        }
    }

    @Override
    public List<Entry> read(long from, int bytesMax) {
        List<Entry> read = new ArrayList<>();
        if (from < firstIndex) {
            return read;
        }
        long bytes = 0;
        for (long index = from; index <= lastIndex(); index++) {
            Entry entry = at(index);
            bytes += entry.sizeBytes();
            if (bytes > bytesMax && !read.isEmpty()) {
                break;
            }
            read.add(entry);
        }
        return read;
    }

    @Override
    public long store(ChunkWrite chunk) {
        Snapshot incoming = chunk.snapshot();
        if (!incoming.equals(aside)) {
            if (chunk.offset() != 0) {
                return 0;
            }
            aside = incoming;
            asideBytes = new byte[(int) incoming.bytes()];
            asideLength = 0;
        }
        if (chunk.offset() == asideLength && asideLength + chunk.bytes().length() <= asideBytes.length) {
            System.arraycopy(
                    chunk.bytes().array(),
                    0,
                    asideBytes,
                    asideLength,
                    chunk.bytes().length());
            asideLength += chunk.bytes().length();
        }
        if (asideLength == asideBytes.length && crc(asideBytes) != incoming.checksum()) {
            aside = null;
            asideLength = 0;
        }
        return asideLength;
    }

    @Override
    public Optional<Payload> chunk(Snapshot wanted, long offset, int bytesMax) {
        if (!wanted.equals(snapshot)) {
            return Optional.empty();
        }
        int from = (int) Math.min(offset, snapshotBytes.length);
        int length = Math.min(bytesMax, snapshotBytes.length - from);
        byte[] piece = new byte[length];
        System.arraycopy(snapshotBytes, from, piece, 0, length);
        return Optional.of(Payload.of(piece));
    }

    @Override
    public void save(Snapshot taken, Payload bytes) {
        if (full) {
            throw new StorageException("no space left");
        }
        snapshot = taken;
        snapshotBytes = bytes.array();
    }

    @Override
    public void compact(long first) {
        drop(first);
    }

    @Override
    public long checksum(Payload bytes) {
        return crc(bytes.array());
    }

    private static long crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }

    @Override
    public void kill(List<Ready> underWay, SplittableRandom random) {
        crash(underWay, random);
    }

    @Override
    public void powerCut(List<Ready> underWay, boolean tear, SplittableRandom random) {
        crash(underWay, random);
        if (asideLength < asideBytes.length) {
            aside = null;
            asideLength = 0;
        }
    }

    private void crash(List<Ready> underWay, SplittableRandom random) {
        int pieces = 0;
        for (Ready ready : underWay) {
            pieces += ready.appends().size() + 2;
        }
        if (pieces > 0) {
            write(underWay, random.nextInt(pieces + 1));
        }
    }

    @Override
    public void failNextForce() {
        forceFails = true;
    }

    @Override
    public void fill() {
        full = true;
    }

    @Override
    public boolean rot(SplittableRandom random) {
        rotten = !log.isEmpty();
        return rotten;
    }
}
