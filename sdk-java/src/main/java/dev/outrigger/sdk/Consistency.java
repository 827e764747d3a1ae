package dev.outrigger.sdk;

/**
 * How fresh the answer to a query must be.
 *
 * @param linearizable whether the answer must include everything that was committed when the query was sent
 * @param minIndex the local application answers once it has applied this index; 0 asks for nothing
 */
public record Consistency(boolean linearizable, long minIndex) {
    /** Includes everything that was committed when the query was sent. Needs a majority. */
    public static final Consistency LINEARIZABLE = new Consistency(true, 0);

    /** Whatever the local application knows; works without a majority and may be stale. */
    public static final Consistency LOCAL = new Consistency(false, 0);

    /** The local application's answer, once it has applied {@code index}: the caller reads its own write. */
    public static Consistency localFrom(long index) {
        return new Consistency(false, index);
    }

    String queryString() {
        return "consistency=" + (linearizable ? "linearizable" : "local")
                + (minIndex > 0 ? "&minIndex=" + minIndex : "");
    }
}
