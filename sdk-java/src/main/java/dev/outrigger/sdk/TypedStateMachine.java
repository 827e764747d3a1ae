package dev.outrigger.sdk;

/**
 * A {@link StateMachine} in the application's own types; everything said there holds here. Callers use
 * {@link Outrigger#commands} with the same codecs.
 *
 * @param <C> commands; for {@code byte[]} there is {@link StateMachine} itself
 * @param <A> answers
 */
public abstract class TypedStateMachine<C, A> implements StateMachine {
    /** The code that answers a command which is no {@code C}, with no bytes. */
    public static final int MALFORMED = Result.CODE_MAX;

    private static final byte[] NOTHING = new byte[0];

    private final Codec<C> commands;
    private final Codec<A> answers;

    protected TypedStateMachine(Codec<C> commands, Codec<A> answers) {
        this.commands = commands;
        this.answers = answers;
    }

    /** As {@link StateMachine#apply(Context, byte[])}. */
    protected abstract Answer<A> apply(Context context, C command);

    /** Answers in types. A command that the codec cannot read is refused with {@link #MALFORMED}. */
    @Override
    public final Result apply(Context context, byte[] command) {
        C decoded;
        try {
            decoded = commands.decode(command);
        } catch (RuntimeException e) {
            // Without the message: it may differ between instances, and all must answer alike.
            return Result.refused(MALFORMED, NOTHING);
        }
        Answer<A> answer = apply(context, decoded);
        byte[] data = answers.encode(answer.value());
        return answer.code() == 0 ? Result.ok(data) : Result.refused(answer.code(), data);
    }

    /** By default there are no queries by bytes: the application reads its own state, in its own types. */
    @Override
    public byte[] query(byte[] query) {
        throw new UnsupportedOperationException("this application answers no queries");
    }
}
