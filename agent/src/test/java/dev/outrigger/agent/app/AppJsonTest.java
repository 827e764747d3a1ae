package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.app.AppFailure.Cause;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppJsonTest {
    private static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void writesABatchAsTheProtocolShowsIt() {
        Entry first = new Entry(42, 3, Entry.Kind.COMMAND, 1764000000000L, payload("hi"));
        Entry second = new Entry(44, 4, Entry.Kind.COMMAND, 1764000000001L, Payload.EMPTY);
        assertEquals(
                "{\"epoch\":7,\"prevIndex\":41,\"replay\":false,\"commands\":["
                        + "{\"index\":42,\"term\":3,\"time\":1764000000000,\"data\":\"aGk=\"},"
                        + "{\"index\":44,\"term\":4,\"time\":1764000000001,\"data\":\"\"}]}",
                AppJson.writeBatch(new AppBatch(7, 41, false, List.of(AppCommand.of(first), AppCommand.of(second))))
                        .toString());
    }

    @Test
    void writesARoleWithAndWithoutALeader() {
        assertEquals(
                "{\"epoch\":7,\"role\":\"leader\",\"term\":5,\"leader\":\"b\"}",
                AppJson.writeRole(7, "leader", 5, Optional.of(new MemberId("b")))
                        .toString());
        assertEquals(
                "{\"epoch\":7,\"role\":\"follower\",\"term\":6,\"leader\":null}",
                AppJson.writeRole(7, "follower", 6, Optional.empty()).toString());
    }

    @Test
    void readsInfoAndPassesOverWhatItDoesNotKnow() {
        String info =
                "{\"protocol\":1,\"app\":\"kv\",\"version\":\"1.4.2\",\"new\":{\"a\":[1,{}]},\"cluster\":\"orders\","
                        + "\"applied\":{\"index\":41,\"extra\":[1],\"term\":3},\"encodings\":[\"frames\",\"json\"]}";
        assertEquals(
                new AppInfo(
                        Optional.of("kv"),
                        Optional.of("1.4.2"),
                        Optional.of("orders"),
                        41,
                        3,
                        new Encodings(true, false)),
                AppJson.readInfo(Buffer.buffer(info)));
    }

    @Test
    void readsInfoOfAnApplicationThatHasSeenNothing() {
        String info = "{\"protocol\":1,\"cluster\":null,\"applied\":{\"index\":0,\"term\":0},\"encodings\":[\"json\"]}";
        assertEquals(
                new AppInfo(Optional.empty(), Optional.empty(), Optional.empty(), 0, 0, Encodings.JSON_ONLY),
                AppJson.readInfo(Buffer.buffer(info)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "[]",
                "null",
                "{",
                "{\"protocol\":1}",
                "{\"protocol\":2,\"applied\":{\"index\":0,\"term\":0},\"encodings\":[\"json\"]}",
                "{\"protocol\":\"1\",\"applied\":{\"index\":0,\"term\":0},\"encodings\":[\"json\"]}",
                "{\"applied\":{\"index\":0,\"term\":0},\"encodings\":[\"json\"]}",
                "{\"protocol\":1,\"applied\":{\"index\":-1,\"term\":0},\"encodings\":[\"json\"]}",
                "{\"protocol\":1,\"applied\":{\"index\":4,\"term\":-2},\"encodings\":[\"json\"]}",
                "{\"protocol\":1,\"applied\":{\"index\":4},\"encodings\":[\"json\"]}",
                "{\"protocol\":1,\"applied\":{\"index\":4,\"term\":0},\"encodings\":[\"json\"]}",
                "{\"protocol\":1,\"applied\":{\"index\":0,\"term\":4},\"encodings\":[\"json\"]}",
                "{\"protocol\":1,\"applied\":{\"index\":1.5,\"term\":1},\"encodings\":[\"json\"]}",
                "{\"protocol\":1,\"applied\":{\"index\":92233720368547758080,\"term\":1},\"encodings\":[\"json\"]}",
                "{\"protocol\":1,\"applied\":41,\"encodings\":[\"json\"]}",
                "{\"protocol\":1,\"applied\":{\"index\":0,\"term\":0}}",
                "{\"protocol\":1,\"applied\":{\"index\":0,\"term\":0},\"encodings\":[\"frames\"]}",
                "{\"protocol\":1,\"applied\":{\"index\":0,\"term\":0},\"encodings\":\"json\"}",
                "{\"protocol\":1,\"app\":7,\"applied\":{\"index\":0,\"term\":0},\"encodings\":[\"json\"]}",
                "{\"protocol\":1,\"applied\":{\"index\":0,\"term\":0},\"encodings\":[\"json\"]} more"
            })
    void refusesInfoThatIsNotExactlyRight(String info) {
        AppFailure failure = assertThrows(AppFailure.class, () -> AppJson.readInfo(Buffer.buffer(info)));
        assertEquals(Cause.MALFORMED, failure.cause());
        assertTrue(failure.detail().startsWith("gave a broken answer to info: "), failure.detail());
    }

    @Test
    void readsResults() {
        String answer = "{\"applied\":44,\"stateHash\":\"beef\",\"results\":[{\"code\":0,\"data\":\"b2s=\"},"
                + "{\"code\":65535},{\"data\":null,\"more\":{},\"code\":1}]}";
        AppAnswer applied = AppJson.readAnswer(Buffer.buffer(answer), 3);
        assertEquals(44, applied.applied());
        assertEquals(Optional.of(Payload.of(new byte[] {(byte) 0xbe, (byte) 0xef})), applied.stateHash());
        assertEquals(
                List.of(new Result(0, payload("ok")), new Result(65535, Payload.EMPTY), new Result(1, Payload.EMPTY)),
                applied.results());
    }

    @Test
    void readsAResultOfManyMegabytes() {
        byte[] large = new byte[24 << 20];
        String answer = "{\"applied\":1,\"results\":[{\"code\":0,\"data\":\""
                + java.util.Base64.getEncoder().encodeToString(large) + "\"}]}";
        assertEquals(
                large.length,
                AppJson.readAnswer(Buffer.buffer(answer), 1)
                        .results()
                        .get(0)
                        .data()
                        .length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "OK",
                "{\"applied\":2}",
                "{\"applied\":2,\"results\":[]}",
                "{\"applied\":2,\"results\":[{\"code\":0}]}",
                "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":0},{\"code\":0}]}",
                "{\"applied\":2,\"results\":[{\"code\":0},{}]}",
                "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":65536}]}",
                "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":-1}]}",
                "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":\"0\"}]}",
                "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":0,\"data\":\"!!!\"}]}",
                "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":0,\"data\":7}]}",
                "{\"applied\":2,\"results\":[{\"code\":0},null]}",
                "{\"applied\":2,\"results\":{}}",
                "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":0}],\"stateHash\":\"bee\"}",
                "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":0}],\"stateHash\":\"xx\"}",
                "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":0}],\"stateHash\":7}",
                "{\"applied\":true,\"results\":[{\"code\":0},{\"code\":0}]}",
                "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":0}]",
                "{\"applied\":2,\"results\":[{\"code\":0},{\"code\":0}]}}"
            })
    void refusesResultsThatDoNotFitTheBatch(String answer) {
        AppFailure failure = assertThrows(AppFailure.class, () -> AppJson.readAnswer(Buffer.buffer(answer), 2));
        assertEquals(Cause.MALFORMED, failure.cause());
    }
}
