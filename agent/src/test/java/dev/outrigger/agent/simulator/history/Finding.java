package dev.outrigger.agent.simulator.history;

/**
 * What a check found.
 *
 * @param conclusion what to make of the history
 * @param explanation names the key and the operations concerned; empty when legal
 */
public record Finding(Conclusion conclusion, String explanation) {
    static final Finding LEGAL = new Finding(Conclusion.LEGAL, "");

    /** What to make of a history. */
    public enum Conclusion {
        LEGAL,
        ILLEGAL,
        /** The search was given up at its bound: neither shown to be legal nor to be illegal. */
        INCONCLUSIVE
    }

    static Finding illegal(String explanation) {
        return new Finding(Conclusion.ILLEGAL, explanation);
    }

    static Finding inconclusive(String explanation) {
        return new Finding(Conclusion.INCONCLUSIVE, explanation);
    }

    public boolean legal() {
        return conclusion == Conclusion.LEGAL;
    }
}
