package dev.outrigger.agent.core.message;

/**
 * A member's name, unique in its cluster. Ordered by name, so that walks over members are the same everywhere.
 *
 * @param name 1 to 63 letters, digits, dots, dashes or underscores, starting with a letter or digit
 */
public record MemberId(String name) implements Comparable<MemberId> {
    public MemberId {
        if (!isValid(name)) {
            throw new IllegalArgumentException("not a member name (1 to 63 of A-Z a-z 0-9 . _ -): '" + name + "'");
        }
    }

    /** Whether {@code name} may name a member. */
    public static boolean isValid(String name) {
        if (name.isEmpty() || name.length() > 63 || !isLetterOrDigit(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    @Override
    public int compareTo(MemberId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
