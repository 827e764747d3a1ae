package dev.outrigger.agent.simulator.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class VirtualDiskTest {
    private static final int PAGE = VirtualDisk.PAGE_BYTES;
    private static final int SEEDS = 300;

    @Test
    void processSeesWhatItWrote() throws DiskFault {
        VirtualDisk disk = new VirtualDisk();
        disk.create("a");
        disk.append("a", bytes(5000, 1));
        disk.write("a", 4000, bytes(200, 2));
        byte[] read = new byte[6000];
        assertEquals(5000, disk.read("a", 0, read));
        assertEquals(1, read[3999]);
        assertEquals(2, read[4000]);
        assertEquals(2, read[4199]);
        assertEquals(1, read[4200]);
        assertEquals(0, disk.read("a", 5000, read));
        disk.write("a", 5 * PAGE, bytes(1, 3));
        assertEquals(0, disk.read("a")[5 * PAGE - 1], "a gap is zero");
        assertEquals(5 * PAGE + 1, disk.size("a"));
    }

    @Test
    void endOfTheProcessLosesNothing() throws DiskFault {
        VirtualDisk disk = new VirtualDisk();
        disk.create("a");
        disk.append("a", bytes(5000, 1));
        disk.kill();
        assertArrayEquals(bytes(5000, 1), disk.read("a"));
    }

    @Test
    void whatWasForcedSurvivesEveryLossOfPower() throws DiskFault {
        for (int seed = 0; seed < SEEDS; seed++) {
            VirtualDisk disk = new VirtualDisk();
            disk.createDirectory("d");
            disk.create("d/a");
            disk.append("d/a", bytes(9000, 1));
            disk.sync("d/a");
            disk.syncDirectory("d");
            disk.syncDirectory("");
            disk.append("d/a", bytes(9000, 2));
            disk.powerCut(new SplittableRandom(seed));
            assertTrue(disk.size("d/a") >= 9000);
            assertArrayEquals(bytes(9000, 1), Arrays.copyOf(disk.read("d/a"), 9000));
        }
    }

    /** Any subset of the pages, and one of them torn at any sector. */
    @Test
    void pagesThatWereNotForcedSurviveInEveryMixture() throws DiskFault {
        Set<String> mixtures = new TreeSet<>();
        int torn = 0;
        for (int seed = 0; seed < 2000; seed++) {
            VirtualDisk disk = file(bytes(3 * PAGE, 1));
            disk.write("a", 0, bytes(3 * PAGE, 2));
            disk.powerCut(new SplittableRandom(seed));
            StringBuilder mixture = new StringBuilder();
            int tornPages = 0;
            for (int page = 0; page < 3; page++) {
                byte[] content = Arrays.copyOfRange(disk.read("a"), page * PAGE, (page + 1) * PAGE);
                boolean whole = Arrays.equals(content, bytes(PAGE, content[0]));
                mixture.append(whole ? content[0] : 9);
                tornPages += whole ? 0 : 1;
                for (int sector = 0; sector < PAGE; sector += 512) {
                    assertArrayEquals(bytes(512, content[sector]), Arrays.copyOfRange(content, sector, sector + 512));
                }
            }
            assertTrue(tornPages <= 1);
            torn += tornPages;
            mixtures.add(mixture.toString());
        }
        assertTrue(
                mixtures.containsAll(List.of("111", "112", "121", "122", "211", "212", "221", "222")),
                mixtures::toString);
        assertTrue(mixtures.containsAll(List.of("119", "292")), mixtures::toString);
        assertTrue(torn > 100 && torn < 1000, "torn " + torn);
    }

    @Test
    void sizeMaySurviveWithoutThePagesAndThePagesWithoutTheSize() throws DiskFault {
        Set<String> outcomes = new TreeSet<>();
        for (int seed = 0; seed < 1000; seed++) {
            VirtualDisk disk = file(bytes(PAGE, 1));
            disk.append("a", bytes(PAGE, 2));
            disk.powerCut(new SplittableRandom(seed));
            byte[] read = disk.read("a");
            outcomes.add(
                    read.length < 2 * PAGE ? read.length == PAGE ? "old" : "between" : "new " + read[2 * PAGE - 1]);
            disk.write("a", 3 * PAGE, bytes(1, 3));
            int last = disk.read("a")[read.length == 2 * PAGE ? 2 * PAGE : read.length];
            assertEquals(0, last, "what was behind the end does not come back");
        }
        assertEquals(Set.of("between", "new 0", "new 2", "old"), outcomes);
    }

    @Test
    void namesThatWereNotForcedSurviveOrDoNot() throws DiskFault {
        Set<String> outcomes = new TreeSet<>();
        for (int seed = 0; seed < 1000; seed++) {
            VirtualDisk disk = file(bytes(10, 1));
            disk.create("gone");
            disk.syncDirectory("");
            disk.create("new");
            disk.create("tmp");
            disk.append("tmp", bytes(10, 2));
            disk.sync("tmp");
            disk.rename("tmp", "a");
            disk.delete("gone");
            disk.powerCut(new SplittableRandom(seed));
            outcomes.add(disk.list("") + " " + disk.read("a")[0]);
            assertTrue(Set.of((byte) 1, (byte) 2).contains(disk.read("a")[0]));
        }
        assertTrue(
                outcomes.containsAll(
                        List.of("[a, gone] 1", "[a, gone, new, tmp] 1", "[a, new] 2", "[a] 2", "[a, gone, new] 2")),
                outcomes::toString);
    }

    @Test
    void whatIsInADirectoryGoesWithItsName() throws DiskFault {
        Set<List<String>> outcomes = new java.util.HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            VirtualDisk disk = new VirtualDisk();
            disk.createDirectory("d");
            disk.create("d/a");
            disk.sync("d/a");
            disk.syncDirectory("d");
            disk.powerCut(new SplittableRandom(seed));
            List<String> all = new ArrayList<>(disk.list(""));
            all.addAll(disk.list("d"));
            outcomes.add(all);
        }
        assertEquals(Set.of(List.of(), List.of("d", "d/a")), outcomes);
    }

    /** The pages are clean after it: a second force reports a success that never was. */
    @Test
    void forceAfterAFailedOneSavesNothing() throws DiskFault {
        Set<Byte> found = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            VirtualDisk disk = file(bytes(100, 1));
            disk.write("a", 0, bytes(100, 2));
            disk.failNextSync(random);
            assertThrows(DiskFault.class, () -> disk.sync("a"));
            disk.sync("a");
            assertEquals(2, disk.read("a")[0], "it is still seen");
            disk.powerCut(random);
            found.add(disk.read("a")[0]);
        }
        assertEquals(Set.of((byte) 1, (byte) 2), found);
    }

    @Test
    void writebackSavesSomeOfWhatIsDirty() throws DiskFault {
        int saved = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            VirtualDisk disk = file(bytes(PAGE, 1));
            disk.write("a", 0, bytes(PAGE, 2));
            disk.writeback(random);
            disk.write("a", 0, bytes(PAGE, 3));
            disk.powerCut(random);
            saved += disk.read("a")[0] == 2 ? 1 : 0;
        }
        assertTrue(saved > SEEDS / 20 && saved < SEEDS, "saved " + saved);
    }

    @Test
    void badPageCannotBeReadUntilItIsWritten() throws DiskFault {
        VirtualDisk disk = file(bytes(3 * PAGE, 1));
        disk.readError("a", 1);
        byte[] some = new byte[10];
        disk.read("a", 0, some);
        disk.read("a", 2 * PAGE, some);
        assertThrows(DiskFault.class, () -> disk.read("a", PAGE - 5, some));
        disk.powerCut(new SplittableRandom(1));
        assertThrows(DiskFault.class, () -> disk.read("a", PAGE, some));
        disk.write("a", PAGE, bytes(PAGE, 2));
        disk.read("a", PAGE, some);
    }

    @Test
    void fullDiskTakesWhatFitsAndNoMore() throws DiskFault {
        VirtualDisk disk = file(bytes(100, 1));
        disk.full(PAGE);
        assertThrows(InternalError.class, () -> disk.append("a", bytes(3 * PAGE, 2)));
        assertEquals(2 * PAGE, disk.size("a"));
        disk.write("a", 0, bytes(2 * PAGE, 3));
        disk.delete("a");
        disk.create("b");
        disk.append("b", bytes(2 * PAGE, 1));
        disk.full(Long.MAX_VALUE);
        disk.append("b", bytes(9 * PAGE, 1));
    }

    @Test
    void rotIsThereAfterALossOfPowerToo() throws DiskFault {
        for (int seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            VirtualDisk disk = file(new byte[0]);
            byte[] content = new byte[2 * PAGE + 100];
            random.nextBytes(content);
            disk.append("a", content);
            disk.sync("a");
            String what = String.valueOf(disk.rot(random));
            byte[] seen = disk.read("a");
            disk.powerCut(random);
            assertArrayEquals(seen, disk.read("a"), what);
            assertEquals(content.length, seen.length);
            if (!what.matches("page (.) of a, now page \\1 of a")) {
                assertNotEquals(Arrays.hashCode(content), Arrays.hashCode(seen), what);
            }
        }
    }

    @Test
    void processEndsInTheMiddleOfAnOperation() {
        Set<Long> sizes = new TreeSet<>();
        for (int seed = 0; seed < 100; seed++) {
            VirtualDisk disk = new VirtualDisk();
            disk.create("a");
            disk.crashAtOperation(2, new SplittableRandom(seed));
            disk.append("a", bytes(10, 1));
            assertThrows(PowerLost.class, () -> disk.append("a", bytes(10, 2)));
            assertThrows(PowerLost.class, () -> disk.exists("a"));
            assertTrue(disk.processEnded());
            disk.kill();
            assertFalse(disk.processEnded());
            sizes.add(disk.size("a"));
        }
        assertTrue(sizes.contains(10L) && sizes.contains(20L) && sizes.size() > 5, sizes::toString);
    }

    @Test
    void wipedDiskIsEmpty() throws DiskFault {
        VirtualDisk disk = file(bytes(10, 1));
        disk.wipe();
        assertEquals(List.of(), disk.list(""));
        disk.powerCut(new SplittableRandom(1));
        assertEquals(List.of(), disk.list(""));
    }

    @Test
    void oneSeedGivesOneDisk() throws DiskFault {
        for (int seed = 0; seed < 20; seed++) {
            assertEquals(life(seed), life(seed));
        }
        assertNotEquals(life(1), life(2));
    }

    private static long life(long seed) throws DiskFault {
        SplittableRandom random = new SplittableRandom(seed);
        VirtualDisk disk = file(new byte[0]);
        for (int i = 0; i < 300; i++) {
            disk.append("a", bytes(1 + random.nextInt(3000), i));
            switch (random.nextInt(6)) {
                case 0 -> disk.sync("a");
                case 1 -> disk.writeback(random);
                case 2 -> disk.powerCut(random);
                case 3 -> disk.rot(random);
                default -> {}
            }
        }
        return Arrays.hashCode(disk.read("a"));
    }

    /** One synced file "a". */
    private static VirtualDisk file(byte[] content) throws DiskFault {
        VirtualDisk disk = new VirtualDisk();
        disk.create("a");
        disk.append("a", content);
        disk.sync("a");
        disk.syncDirectory("");
        return disk;
    }

    private static byte[] bytes(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
