package dev.outrigger.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private static String complaint(int expectedExit, String... args) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            assertEquals(expectedExit, Main.run(args));
        } finally {
            System.setErr(before);
        }
        String complaint = bytes.toString(StandardCharsets.UTF_8);
        assertEquals(1, complaint.lines().count(), complaint);
        return complaint;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nope",
                "kv --bogus",
                "kv --port x",
                "kv --port 70000",
                "kv --port 0 --agent 127.0.0.1:7411",
                "kv --port 0 --agent ftp://127.0.0.1",
                "lightbulb extra"
            })
    void wrongArgumentsEndWithOneLineAndExitCode2(String args) {
        complaint(2, args.isEmpty() ? new String[0] : args.split(" "));
    }

    @Test
    void aPortInUseEndsWithOneLineAndExitCode1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertTrue(complaint(1, "kv", "--port", port).contains("cannot listen on 127.0.0.1:" + port));
        }
    }

    @Test
    void aTokenFileThatIsMissingEndsWithOneLineAndExitCode1() {
        assertTrue(complaint(1, "kv", "--port", "0", "--token-file", "/no/such/file")
                .contains("/no/such/file"));
    }
}
