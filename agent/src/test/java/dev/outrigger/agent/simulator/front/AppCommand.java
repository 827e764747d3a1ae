package dev.outrigger.agent.simulator.front;

/**
 * The commands, queries and results of {@link AppState} in bytes. Values are numbers from 1; 0 stands for "nothing there".
 *
 * <pre>
 * command  op(1) key(1) expected(4) value(4) padding
 * query    op(1) key(1)
 * result   kind(1) number(4) each
 * </pre>
 */
final class AppCommand {
    static final byte PUT = 1;
    static final byte CAS = 2;
    static final byte APPEND = 3;
    static final byte GET = 4;
    static final byte READ_ALL = 5;

    static final byte VALUE = 1;
    static final byte SWAPPED = 2;
    static final byte LENGTH = 3;
    static final byte VALUES = 4;

    static final int COMMAND_BYTES = 10;

    private AppCommand() {}

    static byte[] command(byte op, int key, int expected, int value, int paddingBytes) {
        byte[] bytes = new byte[COMMAND_BYTES + paddingBytes];
        bytes[0] = op;
        bytes[1] = (byte) key;
        Bytes.putInt(bytes, 2, expected);
        Bytes.putInt(bytes, 6, value);
        return bytes;
    }

    static byte[] query(byte op, int key) {
        return new byte[] {op, (byte) key};
    }

    static byte[] result(byte kind, int number) {
        byte[] bytes = new byte[5];
        bytes[0] = kind;
        Bytes.putInt(bytes, 1, number);
        return bytes;
    }

    static int number(byte[] result) {
        return Bytes.getInt(result, 1);
    }
}
