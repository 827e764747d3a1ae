package dev.outrigger.agent.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The file that holds the bearer token, in one line. */
public final class TokenFile {
    private static final int TOKEN_BYTES_MAX = 4096;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private TokenFile() {}

    /**
     * Reads the token, without the line end. Blocks.
     *
     * @throws SettingsException when the file cannot be read or holds no bearer token (RFC 6750)
     */
    public static Secret read(String file) {
        return read(Given.flag(Setting.TOKEN_FILE, file));
    }

    static Secret read(Given value) {
        byte[] bytes = bytes(value);
        String token = new String(bytes, StandardCharsets.ISO_8859_1).strip();
        if (bytes.length > TOKEN_BYTES_MAX || !TOKEN.matcher(token).matches()) {
            throw value.refused(
                    "names a file that holds no bearer token; put one line of A-Z a-z 0-9 . _ ~ + / - there");
        }
        return new Secret(token);
    }

    private static byte[] bytes(Given value) {
        try (InputStream stream = Files.newInputStream(Path.of(value.text()))) {
            return stream.readNBytes(TOKEN_BYTES_MAX + 1);
        } catch (IOException | InvalidPathException e) {
            throw value.refused("does not name a file that this process can read");
        }
    }
}
