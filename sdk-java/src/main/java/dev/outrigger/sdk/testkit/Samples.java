package dev.outrigger.sdk.testkit;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What several replicas have shown after the same command, one after another, and what that looks like. */
final class Samples {
    private static final Pattern DIGITS = Pattern.compile("\\d+");
    private static final Pattern IDENTITY = Pattern.compile(".*@[0-9a-f]{5,8}\\b.*", Pattern.DOTALL);
    private static final int ENOUGH = 6;

    private Samples() {}

    static Reason reason(List<byte[]> samples, Observation.Mismatch mismatch) {
        if (isReordered(mismatch) || samples.stream().anyMatch(Samples::hasIdentity)) {
            return Reason.HASH_ORDER;
        }
        if (samples.size() < ENOUGH) {
            return Reason.UNKNOWN;
        }
        for (Function<List<byte[]>, List<BigInteger>> reading : readings()) {
            List<BigInteger> numbers = reading.apply(samples);
            if (rises(numbers)) {
                return risesEvenly(numbers) ? Reason.SHARED_STATE : Reason.CLOCK;
            }
        }
        return Reason.RANDOM;
    }

    /** A value that was left comes again, which no clock does. */
    static boolean goBack(List<byte[]> samples) {
        Set<String> left = new HashSet<>();
        String last = "";
        for (byte[] sample : samples) {
            String value = new String(sample, StandardCharsets.ISO_8859_1);
            if (!value.equals(last) && !left.add(value)) {
                return true;
            }
            last = value;
        }
        return false;
    }

    /** The same bytes in another order. */
    static boolean isReordered(Observation.Mismatch mismatch) {
        byte[] one = mismatch.expected().content().map(byte[]::clone).orElse(new byte[0]);
        byte[] other = mismatch.actual().content().map(byte[]::clone).orElse(new byte[0]);
        Arrays.sort(one);
        Arrays.sort(other);
        return one.length > 0 && Arrays.equals(one, other);
    }

    /** {@code java.lang.Object@1b2c3d}. */
    private static boolean hasIdentity(byte[] sample) {
        return IDENTITY.matcher(new String(sample, StandardCharsets.ISO_8859_1)).matches();
    }

    /** Numbers that may be in there: in digits, or in bytes of either order. */
    private static List<Function<List<byte[]>, List<BigInteger>>> readings() {
        return List.of(Samples::digits, samples -> binary(samples, false), samples -> binary(samples, true));
    }

    /** All digits from the first number that differs on, so that seconds come before their fraction. */
    private static List<BigInteger> digits(List<byte[]> samples) {
        List<List<String>> runs = samples.stream().map(Samples::runs).toList();
        int count = runs.get(0).size();
        if (runs.stream().anyMatch(one -> one.size() != count)) {
            return List.of();
        }
        int first = 0;
        while (first < count && allSame(runs, first)) {
            first++;
        }
        int from = first;
        if (from == count) {
            return List.of();
        }
        boolean alone = from == count - 1 || allSame(runs, from + 1);
        return runs.stream()
                .map(one -> new BigInteger(alone ? one.get(from) : String.join("", one.subList(from, count))))
                .toList();
    }

    private static List<String> runs(byte[] sample) {
        List<String> runs = new ArrayList<>();
        Matcher matcher = DIGITS.matcher(new String(sample, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            runs.add(matcher.group());
        }
        return runs;
    }

    private static boolean allSame(List<List<String>> runs, int at) {
        return runs.stream().allMatch(one -> one.get(at).equals(runs.get(0).get(at)));
    }

    private static List<BigInteger> binary(List<byte[]> samples, boolean littleEndian) {
        int length = samples.get(0).length;
        if (samples.stream().anyMatch(one -> one.length != length)) {
            return List.of();
        }
        int from = length;
        int to = 0;
        for (byte[] one : samples) {
            for (int i = 0; i < length; i++) {
                if (one[i] != samples.get(0)[i]) {
                    from = Math.min(from, i);
                    to = Math.max(to, i + 1);
                }
            }
        }
        List<BigInteger> numbers = new ArrayList<>();
        for (byte[] one : samples) {
            byte[] part = Arrays.copyOfRange(one, Math.min(from, to), to);
            numbers.add(new BigInteger(1, littleEndian ? reversed(part) : part));
        }
        return numbers;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] result = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            result[i] = bytes[bytes.length - 1 - i];
        }
        return result;
    }

    private static boolean rises(List<BigInteger> numbers) {
        for (int i = 1; i < numbers.size(); i++) {
            if (numbers.get(i).compareTo(numbers.get(i - 1)) <= 0) {
                return false;
            }
        }
        return !numbers.isEmpty();
    }

    /** A clock does not, over pauses that are never quite the same. */
    private static boolean risesEvenly(List<BigInteger> numbers) {
        BigInteger step = numbers.get(1).subtract(numbers.get(0));
        for (int i = 2; i < numbers.size(); i++) {
            if (!numbers.get(i).subtract(numbers.get(i - 1)).equals(step)) {
                return false;
            }
        }
        return true;
    }
}
