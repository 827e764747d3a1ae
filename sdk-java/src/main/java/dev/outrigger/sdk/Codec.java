package dev.outrigger.sdk;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * Turns values of the application into bytes and back. Called by many threads at once. Part of the replicated state
 * machine: every instance must read the same bytes alike, so an older version of the application that cannot read what a
 * newer one writes must be gone before the newer one starts to write it.
 *
 * @param <T> the application's type
 */
public interface Codec<T> {
    byte[] encode(T value);

    /** @throws RuntimeException when the bytes are no {@code T} */
    T decode(byte[] bytes);

    /** Of two functions. {@code decode} throws a {@link RuntimeException} when the bytes are no {@code T}. */
    static <T> Codec<T> of(Function<T, byte[]> encode, Function<byte[], T> decode) {
        return new Codec<>() {
            @Override
            public byte[] encode(T value) {
                return encode.apply(value);
            }

            @Override
            public T decode(byte[] bytes) {
                return decode.apply(bytes);
            }
        };
    }

    /** Text in UTF-8. Bytes that are not UTF-8 become U+FFFD. */
    static Codec<String> text() {
        return of(text -> text.getBytes(StandardCharsets.UTF_8), bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** The bytes themselves, not copied. */
    static Codec<byte[]> bytes() {
        return of(bytes -> bytes, bytes -> bytes);
    }
}
