package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.http.OpenApi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the agent sends to an application is what the contract describes, and it takes what that allows. */
class AppContractTest {
    private final OpenApi document = OpenApi.app();

    @Test
    void theCallsAreThoseThatAreDescribed() {
        assertEquals(
                new TreeSet<>(Set.of(
                        "GET /info",
                        "POST /apply",
                        "POST /apply/stream",
                        "POST /query",
                        "POST /role",
                        "GET /snapshot",
                        "PUT /snapshot")),
                document.operations(false));
    }

    @Test
    void deliveriesAreAsDescribed() {
        Entry command = new Entry(42, 3, Entry.Kind.COMMAND, 1_764_000_000_000L, Payload.of(new byte[] {0, -1}));
        Entry empty = new Entry(50, 4, Entry.Kind.COMMAND, 1_764_000_000_001L, Payload.EMPTY);
        for (List<Entry> commands : List.of(List.of(command, empty), List.<Entry>of())) {
            AppBatch batch = new AppBatch(
                    7, 41, true, commands.stream().map(AppCommand::of).toList());
            document.checkRequest("POST /apply", AppJson.writeBatch(batch).toJsonObject());
        }
    }

    @Test
    void rolesAreAsDescribed() {
        for (String role : List.of("leader", "follower", "candidate", "pre-candidate")) {
            document.checkRequest(
                    "POST /role",
                    AppJson.writeRole(7, role, 5, Optional.empty()).toJsonObject());
        }
        document.checkRequest(
                "POST /role",
                AppJson.writeRole(7, "follower", 5, Optional.of(new MemberId("b")))
                        .toJsonObject());
    }

    @Test
    void whatIsDescribedIsTaken() {
        JsonObject info = new JsonObject("{\"protocol\":1,\"app\":\"kv\",\"version\":\"1.4.2\",\"cluster\":\"orders\","
                + "\"applied\":{\"index\":41,\"term\":3},\"encodings\":[\"json\",\"more\"],\"later\":{}}");
        JsonObject least =
                new JsonObject("{\"protocol\":1,\"applied\":{\"index\":0,\"term\":0},\"encodings\":[\"json\"]}");
        for (JsonObject each : List.of(info, least)) {
            document.checkNamed("Info", each);
            AppJson.readInfo(each.toBuffer());
        }
        JsonObject applied =
                new JsonObject("{\"applied\":43,\"results\":[{\"code\":0,\"data\":\"b2s=\"},{\"code\":65535}],"
                        + "\"stateHash\":\"0aFF\"}");
        document.checkNamed("Applied", applied);
        assertEquals(
                2,
                AppJson.readAnswer(Buffer.buffer(applied.encode()), 2).results().size());
    }
}
