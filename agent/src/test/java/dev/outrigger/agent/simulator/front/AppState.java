package dev.outrigger.agent.simulator.front;

import java.util.Arrays;

/**
 * A deterministic state machine: registers, lists, and a digest over everything it was ever given and ever answered, in
 * order. Two of them with the same digest have had the same history.
 */
final class AppState {
    static final int KEYS = 8;
    private static final int FIXED_BYTES = 8 + 4 * KEYS + 4 * KEYS;

    private final int[] registers = new int[KEYS];
    private final int[][] lists = new int[KEYS][];
    private final int[] lengths = new int[KEYS];
    private long digest = 1;

    AppState() {
        Arrays.fill(lists, new int[0]);
    }

    long digest() {
        return digest;
    }

    byte[] apply(long index, long timeMillis, byte[] command) {
        byte[] result = execute(command);
        digest = Bytes.mix(Bytes.mix(Bytes.mix(Bytes.mix(digest, index), timeMillis), command), result);
        return result;
    }

    private byte[] execute(byte[] command) {
        int key = command[1];
        int value = Bytes.getInt(command, 6);
        switch (command[0]) {
            case AppCommand.PUT:
                int before = registers[key];
                registers[key] = value;
                return AppCommand.result(AppCommand.VALUE, before);
            case AppCommand.CAS:
                if (registers[key] != Bytes.getInt(command, 2)) {
                    return AppCommand.result(AppCommand.VALUE, registers[key]);
                }
                registers[key] = value;
                return AppCommand.result(AppCommand.SWAPPED, 0);
            case AppCommand.APPEND:
                if (lengths[key] == lists[key].length) {
                    lists[key] = Arrays.copyOf(lists[key], Math.max(16, 2 * lengths[key]));
                }
                lists[key][lengths[key]++] = value;
                return AppCommand.result(AppCommand.LENGTH, lengths[key]);
            default:
                throw new IllegalArgumentException("no such command: " + command[0]);
        }
    }

    byte[] query(byte[] query) {
        int key = query[1];
        if (query[0] == AppCommand.GET) {
            return AppCommand.result(AppCommand.VALUE, registers[key]);
        }
        byte[] bytes = new byte[1 + 4 * lengths[key]];
        bytes[0] = AppCommand.VALUES;
        for (int i = 0; i < lengths[key]; i++) {
            Bytes.putInt(bytes, 1 + 4 * i, lists[key][i]);
        }
        return bytes;
    }

    int[] list(int key) {
        return Arrays.copyOf(lists[key], lengths[key]);
    }

    AppState copy() {
        AppState copy = new AppState();
        System.arraycopy(registers, 0, copy.registers, 0, KEYS);
        System.arraycopy(lengths, 0, copy.lengths, 0, KEYS);
        for (int key = 0; key < KEYS; key++) {
            copy.lists[key] = Arrays.copyOf(lists[key], lengths[key]);
        }
        copy.digest = digest;
        return copy;
    }

    byte[] toBytes() {
        int values = 0;
        for (int length : lengths) {
            values += length;
        }
        byte[] bytes = new byte[FIXED_BYTES + 4 * values];
        Bytes.putLong(bytes, 0, digest);
        int at = 8;
        for (int key = 0; key < KEYS; key++) {
            Bytes.putInt(bytes, at, registers[key]);
            Bytes.putInt(bytes, at + 4, lengths[key]);
            at += 8;
            for (int i = 0; i < lengths[key]; i++) {
                Bytes.putInt(bytes, at, lists[key][i]);
                at += 4;
            }
        }
        return bytes;
    }

    static AppState ofBytes(byte[] bytes) {
        AppState state = new AppState();
        state.digest = Bytes.getLong(bytes, 0);
        int at = 8;
        for (int key = 0; key < KEYS; key++) {
            state.registers[key] = Bytes.getInt(bytes, at);
            state.lengths[key] = Bytes.getInt(bytes, at + 4);
            state.lists[key] = new int[state.lengths[key]];
            at += 8;
            for (int i = 0; i < state.lengths[key]; i++) {
                state.lists[key][i] = Bytes.getInt(bytes, at);
                at += 4;
            }
        }
        return state;
    }
}
