package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetServer;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers that no decent server gives. */
class SnapshotDownloadTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nOutrigger-Index: 3\r\nOutrigger-Term: 1\r\n";

    private final Vertx vertx = Vertx.vertx();
    private final RecordingSink sink = new RecordingSink();

    @AfterEach
    void close() {
        ChannelFixture.await(vertx.close());
    }

    private String outcomeOf(String answer, boolean thenClose) {
        NetServer server = vertx.createNetServer()
                .connectHandler(socket ->
                        socket.handler(request -> socket.write(answer).onSuccess(written -> {
                            if (thenClose) {
                                socket.close();
                            }
                        })));
        int port = ChannelFixture.await(server.listen(0, "127.0.0.1")).actualPort();
        HttpClient client = vertx.createHttpClient();
        return ChannelFixture.await(vertx.executeBlocking(() -> 0)
                .compose(onContext -> SnapshotDownload.start(
                                vertx,
                                client.request(HttpMethod.GET, port, "127.0.0.1", "/"),
                                sink,
                                (index, term) -> Optional.empty(),
                                index -> Future.succeededFuture(() -> Payload.EMPTY),
                                Duration.ofMillis(1500))
                        .result()
                        .map(Object::toString)
                        .otherwise(Throwable::getMessage)));
    }

    @Test
    void anEndThatAnybodyCouldHaveMadeIsNoEnd() {
        String outcome = outcomeOf(HEAD + "Connection: close\r\n\r\nhalf a sta", true);
        assertTrue(outcome.contains("neither length nor chunks"), outcome);
        assertEquals("", sink.head());
    }

    @Test
    void chunksWithoutTheLastAreNoEnd() {
        String outcome = outcomeOf(HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\nhalf \r\n", true);
        assertTrue(outcome.contains("broke off"), outcome);
    }

    @Test
    void aLengthThatIsNotKeptIsNoEnd() {
        String outcome = outcomeOf(HEAD + "Content-Length: 9\r\n\r\nhalf", true);
        assertTrue(outcome.contains("broke off"), outcome);
    }

    @Test
    void aChunkThatIsNoneIsAFailure() {
        String outcome = outcomeOf(HEAD + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhalf \r\n", false);
        assertTrue(outcome.contains("broke off"), outcome);
    }

    @Test
    void anErrorThatNeverEndsIsReadNoFurtherThanALogLine() {
        String outcome = outcomeOf("HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(2_000), false);
        assertTrue(outcome.startsWith("answered 500: xxx"), outcome);
        assertTrue(outcome.length() < 300);
        outcome = outcomeOf("HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\nsilent", false);
        assertTrue(outcome.contains("gave nothing of a snapshot for 1500 ms"), outcome);
    }

    @Test
    void awholeOneIsTaken() {
        String outcome = outcomeOf(HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\nstate\r\n0\r\n\r\n", false);
        assertEquals(new SnapshotTaken.Taken(3, 1, 5).toString(), outcome);
        assertEquals("3/1/", sink.head());
    }
}
