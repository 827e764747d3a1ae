package dev.outrigger.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.peer.PeerOptions.TlsFiles;
import dev.outrigger.agent.wire.Preamble;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Mutual TLS between agents. The certificates are made with the JDK's keytool. */
@Timeout(60)
class PeerTlsTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final AtomicInteger DIRECTORIES = new AtomicInteger();

    @TempDir
    static Path directory;

    private static TlsFiles first;
    private static TlsFiles renewed;
    private static TlsFiles foreign;
    private static TlsFiles elsewhere;

    private final TestNet net = new TestNet();
    private final ListAppender<ILoggingEvent> reloadLog = new ListAppender<>();

    @BeforeAll
    static void makeCertificates() throws IOException, GeneralSecurityException {
        TestAuthority authority = new TestAuthority(directory.resolve("authority"));
        first = authority.issue("first");
        renewed = authority.issue("renewed");
        elsewhere = authority.issue("elsewhere", "dns:elsewhere.invalid");
        foreign = new TestAuthority(directory.resolve("foreign")).issue("foreign");
    }

    @BeforeEach
    void watchLog() {
        reloadLog.start();
        ((Logger) LoggerFactory.getLogger(TlsReload.class)).addAppender(reloadLog);
    }

    @AfterEach
    void closeAll() {
        net.close();
        ((Logger) LoggerFactory.getLogger(TlsReload.class)).detachAppender(reloadLog);
    }

    @Test
    void agentsOfOneAuthorityTalk() throws IOException {
        TestAgent a = start("a", "b", first);
        TestAgent b = start("b", "a", renewed);
        a.awaitConnected("b");
        b.awaitConnected("a");
        assertTrue(a.send(new Message.ReadRequest(A, B, 1, 5)));
        TestAgent.until("message", () -> b.received.size() == 1);
        for (TestAgent agent : List.of(a, b)) {
            assertEquals(0, agent.count("outrigger.peer.refused", "code", "PEER_TLS"));
        }
    }

    @Test
    void agentOfAnotherAuthorityIsRefusedByBoth() throws IOException {
        TestAgent a = start("a", "b", first);
        TestAgent b = start("b", "a", foreign);
        a.awaitProblem("b", "PEER_TLS");
        b.awaitProblem("a", "PEER_TLS");
        TestAgent.until("a counts", () -> a.count("outrigger.peer.refused", "code", "PEER_TLS") > 0);
        TestAgent.until("b counts", () -> b.count("outrigger.peer.refused", "code", "PEER_TLS") > 0);
        assertTrue(a.connected.isEmpty() && b.connected.isEmpty());
    }

    @Test
    void clientWithoutACertificateIsRefused() throws Exception {
        TestAgent a = start("a", "b", first);
        SSLContext anyone = SSLContext.getInstance("TLS");
        anyone.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) anyone.getSocketFactory().createSocket("127.0.0.1", a.port())) {
            assertThrows(IOException.class, () -> {
                socket.getOutputStream().write(Preamble.OURS.toBytes());
                if (socket.getInputStream().read() < 0) {
                    throw new IOException("closed");
                }
            });
        }
        TestAgent.until("counted", () -> a.count("outrigger.peer.refused", "code", "PEER_TLS") == 1);
    }

    @Test
    void plainAgentAndTlsAgentShowWhatIsWrong() throws IOException {
        TestAgent a = start("a", "b", first);
        TestAgent b = net.start("b", "a");
        a.awaitProblem("b", "PEER_TLS");
        TestAgent.until(
                "b sees it", () -> List.of("PEER_PROTOCOL", "PEER_UNREACHABLE").contains(b.problemWith("a")));
        assertFalse(a.isConnectedTo("b") || b.isConnectedTo("a"));
    }

    @Test
    void certificateForAnotherHostIsRefused() throws IOException {
        TestAgent a = start("a", "b", first);
        start("b", "a", elsewhere);
        a.awaitProblem("b", "PEER_TLS");
        assertFalse(a.isConnectedTo("b"));
    }

    @Test
    void renewedFilesAreUsedWithoutARestart() throws Exception {
        TlsFiles filesOfA = copyOf(first);
        TlsFiles filesOfB = copyOf(first);
        TestAgent a = start("a", "b", filesOfA);
        TestAgent b = start("b", "a", filesOfB);
        a.awaitConnected("b");
        b.awaitConnected("a");

        TestAuthority.copy(foreign, filesOfA);
        TestAuthority.copy(foreign, filesOfB);
        TestAgent.until("both have read them", () -> reloadLog.list.size() == 2);
        assertTrue(a.disconnected.isEmpty() && b.disconnected.isEmpty(), "open connections stay");

        a.reconnect();
        b.reconnect();
        a.awaitConnected("b");
        b.awaitConnected("a");
        assertEquals("CN=foreign", subjectOf(a));
    }

    @Test
    void filesThatDoNotFitTogetherKeepTheOldOnesAndWarnOnce() throws Exception {
        TlsFiles filesOfA = copyOf(first);
        TestAgent a = start("a", "b", filesOfA);
        TestAgent b = start("b", "a", first);
        a.awaitConnected("b");

        TestAuthority.replace(renewed.key(), filesOfA.key());
        awaitUnusable(a, 5);
        assertEquals(1, reloadLog.list.size());
        assertTrue(reloadLog.list.get(0).getFormattedMessage().contains("does not belong"));
        Files.writeString(filesOfA.certificate(), "no certificate");
        awaitUnusable(a, 5);
        assertEquals(2, reloadLog.list.size());

        a.reconnect();
        a.awaitConnected("b");
        b.awaitConnected("a");
        assertEquals("CN=first", subjectOf(a));

        TestAuthority.copy(renewed, filesOfA);
        TestAgent.until("the good ones are read", () -> reloadLog.list.size() == 3);
        assertEquals("CN=renewed", subjectOf(a));
    }

    @Test
    void startFailsOnFilesThatCannotBeUsed() throws IOException {
        TlsFiles mixed = new TlsFiles(first.certificate(), renewed.key(), first.authority());
        assertThrows(AssertionError.class, () -> start("a", "b", mixed));
        TlsFiles missing = new TlsFiles(directory.resolve("none"), first.key(), first.authority());
        assertThrows(AssertionError.class, () -> start("a", "b", missing));
    }

    private TestAgent start(String self, String peer, TlsFiles files) throws IOException {
        PeerOptions.Timing timing = new PeerOptions.Timing(2_000, 5_000, 5_000, 50, 200, 20);
        return net.start(net.options(self, peer).with(timing).with(files));
    }

    private static TlsFiles copyOf(TlsFiles files) throws IOException {
        Path copies = Files.createDirectory(directory.resolve("copies" + DIRECTORIES.incrementAndGet()));
        TlsFiles copy = new TlsFiles(copies.resolve("cert"), copies.resolve("key"), copies.resolve("ca"));
        TestAuthority.copy(files, copy);
        return copy;
    }

    private static void awaitUnusable(TestAgent agent, int looksMore) {
        double looks = agent.count("outrigger.peer.tls.unusable") + looksMore;
        TestAgent.until("found unusable again", () -> agent.count("outrigger.peer.tls.unusable") >= looks);
    }

    /** Of the certificate that the agent shows to whoever connects. */
    private static String subjectOf(TestAgent agent) throws IOException, GeneralSecurityException {
        SSLContext recording = SSLContext.getInstance("TLS");
        CertificateRecorder recorder = new CertificateRecorder();
        recording.init(null, new TrustManager[] {recorder}, null);
        try (SSLSocket socket = (SSLSocket) recording.getSocketFactory().createSocket("127.0.0.1", agent.port())) {
            socket.startHandshake();
        } catch (IOException refusedForWantOfACertificate) {
            // the certificate has been seen
        }
        return recorder.subject;
    }

    private static final class CertificateRecorder implements X509TrustManager {
        private String subject = "none";

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            subject = chain[0].getSubjectX500Principal().getName();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
