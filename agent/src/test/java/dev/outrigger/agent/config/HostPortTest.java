package dev.outrigger.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @ValueSource(strings = {"localhost:0", "kv-0.kv.ns.svc:7412", "10.0.0.1:65535", "[::1]:7412", "[fe80::1%eth0]:1"})
    void readsWhatItWrites(String text) {
        assertEquals(text, HostPort.parse(text).orElseThrow().toString());
    }

    @Test
    void keepsIpv6WithoutBrackets() {
        assertEquals("::1", HostPort.parse("[::1]:7412").orElseThrow().host());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ":1", "h", "h:", "h:x", "h:-1", "h:65536", "::1:1", "[::1]", "[]:1", "[h]:1", "h:1:2", "h /:1"
            })
    void refusesEverythingElse(String text) {
        assertEquals(Optional.empty(), HostPort.parse(text));
    }
}
