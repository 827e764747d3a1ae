package dev.outrigger.sdk.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Bytes for people: as text when they are, else in hexadecimal, and not too many of them. */
final class Text {
    private static final int SHOWN_MAX = 160;

    private Text() {}

    static String of(byte[] bytes) {
        String shown = printable(bytes);
        return bytes.length == 0 ? "(nothing)" : shown.isEmpty() ? hex(bytes) : cut(shown, shown.length());
    }

    /** Two that differ, from a little before the place where they do. */
    static String from(byte[] bytes, int difference) {
        int start = Math.max(0, difference - SHOWN_MAX / 4);
        return start == 0 || bytes.length <= SHOWN_MAX
                ? of(bytes)
                : "… " + of(Arrays.copyOfRange(bytes, Math.min(start, bytes.length), bytes.length));
    }

    private static String printable(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.codePoints().allMatch(Text::isShown) ? text.replace("\n", "\\n") : "";
        } catch (CharacterCodingException e) {
            return "";
        }
    }

    private static boolean isShown(int codePoint) {
        return codePoint == '\n' || !Character.isISOControl(codePoint) && Character.isDefined(codePoint);
    }

    private static String hex(byte[] bytes) {
        return "0x" + cut(HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, SHOWN_MAX)), bytes.length * 2);
    }

    private static String cut(String text, int fullLength) {
        return text.length() <= SHOWN_MAX && text.length() == fullLength
                ? text
                : text.substring(0, Math.min(text.length(), SHOWN_MAX)) + " …";
    }
}
