package dev.outrigger.agent.simulator.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The disk of one simulated machine, in pages of 4 KiB and sectors of 512 bytes. Processes see the cache of the operating
 * system; what a loss of power leaves is the platter. Bytes get there by {@link #sync}, names by {@link #syncDirectory},
 * and both by themselves at moments that nobody can count on.
 *
 * <p>Paths are relative, with slashes; the root directory is the empty path, and there from the start. Nothing takes time:
 * the counters tell the simulator what was done, and it decides how long that took. For one thread. All chance comes from
 * the generators that are passed in.
 */
public final class VirtualDisk {
    public static final int PAGE_BYTES = VirtualFile.PAGE_BYTES;

    private static final int[] KEPT_OF_TEN = {0, 1, 5, 9, 10};

    private TreeMap<String, Node> seen = new TreeMap<>();
    private TreeMap<String, Node> platter = new TreeMap<>();
    private final List<NameChange> pending = new ArrayList<>();
    private long freePages = Long.MAX_VALUE;
    private @Nullable RandomGenerator failingSync;
    private @Nullable RandomGenerator crash;
    private long operationsToCrash;
    private boolean processEnded;
    private long operations;
    private long syncs;
    private long bytesWritten;
    private long bytesRead;

    /**
     * What a name stands for.
     *
     * @param number in the order in which they were made
     * @param content of a file; null for a directory
     */
    private record Node(long number, @Nullable VirtualFile content) {}

    /**
     * A change of names that is not on the platter.
     *
     * @param gone a name that no longer stands for anything, or null
     * @param name a name that now stands for {@code node}, or null
     */
    private record NameChange(
            String directory,
            @Nullable String gone,
            @Nullable String name,
            @Nullable Node node) {
        void applyTo(TreeMap<String, Node> names) {
            if (gone != null) {
                names.remove(gone);
            }
            if (name != null && node != null) {
                names.put(name, node);
                if (node.content == null) { // what was in an earlier directory of this name is not in this one
                    names.subMap(name + "/", name + (char) ('/' + 1)).values().removeIf(in -> in.number < node.number);
                }
            }
        }
    }

    /** Makes an empty file; the path must be free. */
    public void create(String file) {
        mustBeNew(file);
        boolean done = begin();
        if (done) {
            change(new NameChange(directoryOf(file), null, file, new Node(operations, new VirtualFile())));
        }
        end("create " + file);
    }

    public void createDirectory(String directory) {
        mustBeNew(directory);
        boolean done = begin();
        if (done) {
            change(new NameChange(directoryOf(directory), null, directory, new Node(operations, null)));
        }
        end("create " + directory);
    }

    public boolean exists(String path) {
        mustRun();
        return seen.containsKey(path);
    }

    /** The paths of all files and directories right in {@code directory}, in order. */
    public List<String> list(String directory) {
        mustRun();
        String prefix = directory.isEmpty() ? "" : directory + "/";
        List<String> list = new ArrayList<>();
        for (String path : seen.tailMap(prefix).keySet()) {
            if (!path.startsWith(prefix)) {
                break;
            }
            if (path.indexOf('/', prefix.length()) < 0) {
                list.add(path);
            }
        }
        return list;
    }

    /** Size of a file in bytes. */
    public long size(String file) {
        mustRun();
        return content(file).size();
    }

    public void write(String file, long offset, byte[] bytes) {
        write(file, offset, bytes, 0, bytes.length);
    }

    public void append(String file, byte[] bytes) {
        write(file, content(file).size(), bytes, 0, bytes.length);
    }

    /**
     * Writes to the cache. A write behind the end leaves zeros before it.
     *
     * @throws InternalError when there is no room, as writing to a mapped file does; what fitted is written
     */
    public void write(String file, long offset, byte[] bytes, int from, int length) {
        VirtualFile content = content(file);
        boolean whole = begin();
        int room = room(content, offset, length);
        int written = whole || crash == null ? room : crash.nextInt(room + 1);
        if (written > 0) {
            freePages -= freePages == Long.MAX_VALUE ? 0 : content.missingPages(offset + written);
            content.write(Math.toIntExact(offset), bytes, from, written);
        }
        bytesWritten += written;
        end("write to " + file);
        if (room < length) {
            throw new InternalError("a fault occurred in an unsafe memory access operation: no space for " + file);
        }
    }

    private int room(VirtualFile content, long offset, int length) {
        if (content.missingPages(offset + length) <= freePages) {
            return length;
        }
        long end = (content.pages() + freePages) * PAGE_BYTES;
        return (int) Math.max(0, Math.min(length, end - offset));
    }

    /** Fills {@code into} from {@code offset} on as far as the file goes; gives how many bytes that was. */
    public int read(String file, long offset, byte[] into) throws DiskFault {
        return read(file, offset, into, 0, into.length);
    }

    public int read(String file, long offset, byte[] into, int at, int length) throws DiskFault {
        mustRun();
        int count = content(file).read(Math.toIntExact(offset), into, at, length);
        bytesRead += count;
        return count;
    }

    /** All bytes of a file. */
    public byte[] read(String file) throws DiskFault {
        byte[] bytes = new byte[Math.toIntExact(size(file))];
        read(file, 0, bytes);
        return bytes;
    }

    /** Puts a file's bytes and its size on the platter; not its name. */
    public void sync(String file) throws DiskFault {
        VirtualFile content = content(file);
        boolean whole = begin();
        syncs++;
        RandomGenerator failing = failingSync;
        if (failing != null) {
            failingSync = null;
            content.failSync(failing);
            throw new DiskFault("Input/output error in the force of " + file);
        }
        if (whole) {
            content.sync();
        } else if (crash != null) {
            content.writeBack(crash, crash.nextInt(11));
        }
        end("force of " + file);
    }

    /** Puts on the platter what names in this very directory stand for. */
    public void syncDirectory(String directory) throws DiskFault {
        boolean whole = begin();
        syncs++;
        if (failingSync != null) {
            failingSync = null;
            throw new DiskFault("Input/output error in the force of directory " + directory);
        }
        if (whole) {
            for (int i = 0; i < pending.size(); i++) {
                if (pending.get(i).directory().equals(directory)) {
                    pending.remove(i--).applyTo(platter);
                }
            }
        }
        end("force of directory " + directory);
    }

    /** Gives a file another name in the same directory, in the place of whatever had that name. */
    public void rename(String from, String to) {
        Node node = node(from);
        if (!directoryOf(from).equals(directoryOf(to))) {
            throw new IllegalArgumentException(from + " and " + to + " are not in one directory");
        }
        boolean done = begin();
        if (done) {
            free(seen.get(to));
            change(new NameChange(directoryOf(from), from, to, node));
        }
        end("rename of " + from);
    }

    /** Deletes a file or an empty directory. */
    public void delete(String path) {
        Node node = node(path);
        if (node.content == null && !list(path).isEmpty()) {
            throw new IllegalArgumentException(path + " is not empty");
        }
        boolean done = begin();
        if (done) {
            free(node);
            change(new NameChange(directoryOf(path), path, null, null));
        }
        end("deletion of " + path);
    }

    /** The operating system writes some of what is dirty, in no order. */
    public void writeback(RandomGenerator random) {
        int keptOfTen = 1 + random.nextInt(9);
        for (Node node : seen.values()) {
            if (node.content != null && node.content.isDirty()) {
                node.content.writeBack(random, keptOfTen);
            }
        }
    }

    /** The process ends, the machine does not: the cache stays. */
    public void kill() {
        processEnded = false;
        crash = null;
    }

    /**
     * The machine loses its power. What stays is the platter and any part of what was dirty: pages, one of them torn, sizes,
     * names.
     */
    public void powerCut(RandomGenerator random) {
        powerCut(random, random.nextBoolean());
    }

    /** @param tears whether one of the pages is torn */
    public void powerCut(RandomGenerator random, boolean tears) {
        kill();
        failingSync = null;
        int keptOfTen = KEPT_OF_TEN[random.nextInt(KEPT_OF_TEN.length)];
        losePages(random, keptOfTen, tears);
        for (NameChange change : pending) {
            if (random.nextInt(10) < keptOfTen) {
                change.applyTo(platter);
            }
        }
        pending.clear();
        platter.keySet().removeIf(path -> !hasDirectory(path)); // parents come before what is in them
        seen = new TreeMap<>(platter);
        for (Node node : seen.values()) {
            if (node.content != null) {
                node.content.loseCache();
            }
        }
    }

    private void losePages(RandomGenerator random, int keptOfTen, boolean mayTear) {
        boolean tears = mayTear;
        for (Node node : seen.values()) {
            if (node.content != null && node.content.isDirty()) {
                if (tears && random.nextInt(3) == 0) {
                    tears = false;
                    node.content.tear(random);
                }
                node.content.writeBack(random, keptOfTen);
            }
        }
    }

    private boolean hasDirectory(String path) {
        String directory = directoryOf(path);
        return directory.isEmpty() || platter.containsKey(directory);
    }

    /** The next force reports an error. What was dirty then counts as clean, and got to the platter or did not. */
    public void failNextSync(RandomGenerator random) {
        failingSync = random;
    }

    /** Reads of this page, from 0, end in a {@link DiskFault} until it is written to. */
    public void readError(String file, int page) {
        content(file).makeUnreadable(page);
    }

    /** There is room for so many bytes more, in whole pages. {@link Long#MAX_VALUE}: as many as one likes. */
    public void full(long bytesLeft) {
        freePages = bytesLeft == Long.MAX_VALUE ? bytesLeft : bytesLeft / PAGE_BYTES;
    }

    /** Rots some page of some file whose path begins with {@code prefix}, and tells what it did; null when there is none. */
    public @Nullable String rot(String prefix, RandomGenerator random) {
        List<String> files = new ArrayList<>();
        for (Map.Entry<String, Node> entry : seen.tailMap(prefix).entrySet()) {
            VirtualFile content = entry.getValue().content;
            if (entry.getKey().startsWith(prefix) && content != null && content.size() > 0) {
                files.add(entry.getKey());
            }
        }
        return files.isEmpty() ? null : rot(files, files.get(random.nextInt(files.size())), random);
    }

    public @Nullable String rot(RandomGenerator random) {
        return rot("", random);
    }

    private String rot(List<String> files, String file, RandomGenerator random) {
        VirtualFile content = content(file);
        int page = random.nextInt(content.pages());
        switch (random.nextInt(3)) {
            case 0 -> {
                int offset = random.nextInt(content.size());
                int bit = random.nextInt(8);
                content.flip(offset, bit);
                return "bit %d of byte %d of %s".formatted(bit, offset, file);
            }
            case 1 -> {
                content.replacePage(page, new byte[PAGE_BYTES]);
                return "page %d of %s, now zero".formatted(page, file);
            }
            default -> {
                String source = files.get(random.nextInt(files.size()));
                int sourcePage = random.nextInt(content(source).pages());
                content.replacePage(page, content(source).page(sourcePage));
                return "page %d of %s, now page %d of %s".formatted(page, file, sourcePage, source);
            }
        }
    }

    /** Another disk in the place of this one. */
    public void wipe() {
        kill();
        seen.clear();
        platter.clear();
        pending.clear();
        failingSync = null;
    }

    /**
     * The process ends inside the {@code n}-th operation from now, from 1, that changes anything: it throws {@link
     * PowerLost}, and so does everything else until {@link #kill} or {@link #powerCut}.
     *
     * @param random decides how much of that operation is done
     */
    public void crashAtOperation(long n, RandomGenerator random) {
        operationsToCrash = n;
        crash = random;
    }

    /** Nothing that was arranged for later fails any more, and there is room. */
    public void heal() {
        crash = null;
        failingSync = null;
        full(Long.MAX_VALUE);
    }

    /** Operations so far that changed anything. */
    public long operations() {
        return operations;
    }

    /** Forces so far, of files and of directories. */
    public long syncs() {
        return syncs;
    }

    public long bytesWritten() {
        return bytesWritten;
    }

    public long bytesRead() {
        return bytesRead;
    }

    /** Whether the process has ended inside an operation, and neither {@link #kill} nor {@link #powerCut} followed. */
    public boolean processEnded() {
        return processEnded;
    }

    /** Whether the operation is done; for one that the process ends in a matter of chance. */
    private boolean begin() {
        mustRun();
        operations++;
        if (crash != null && --operationsToCrash <= 0) {
            processEnded = true;
            return crash.nextBoolean();
        }
        return true;
    }

    private void end(String operation) {
        if (processEnded) {
            throw new PowerLost(operation);
        }
    }

    private void mustRun() {
        if (processEnded) {
            throw new PowerLost("an earlier operation");
        }
    }

    private void change(NameChange change) {
        change.applyTo(seen);
        pending.add(change);
    }

    private void free(@Nullable Node node) {
        if (node != null && node.content != null && freePages != Long.MAX_VALUE) {
            freePages += node.content.pages();
        }
    }

    private void mustBeNew(String path) {
        String directory = directoryOf(path);
        if (seen.containsKey(path)) {
            throw new IllegalArgumentException(path + " is there already");
        }
        if (!directory.isEmpty() && node(directory).content != null) {
            throw new IllegalArgumentException(directory + " is not a directory");
        }
    }

    private VirtualFile content(String file) {
        VirtualFile content = node(file).content;
        if (content == null) {
            throw new IllegalArgumentException(file + " is a directory");
        }
        return content;
    }

    private Node node(String path) {
        Node node = seen.get(path);
        if (node == null) {
            throw new IllegalArgumentException("there is no " + path);
        }
        return node;
    }

    private static String directoryOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }
}
