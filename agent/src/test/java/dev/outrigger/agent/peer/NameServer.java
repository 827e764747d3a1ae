package dev.outrigger.agent.peer;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server that knows one IPv4 address, or none, and answers every question with it. Its answers may be kept an hour. */
final class NameServer implements AutoCloseable {
    private static final int HEADER_BYTES = 12;
    private static final int QUESTION_TAIL_BYTES = 4;
    private static final int TYPE_A = 1;
    private static final int NO_SUCH_NAME = 3;

    final AtomicInteger questions = new AtomicInteger();
    volatile Optional<String> address = Optional.empty();

    private final Vertx vertx = Vertx.vertx();
    private final DatagramSocket socket = vertx.createDatagramSocket();

    NameServer() {
        socket.handler(this::answer);
        TestAgent.await(socket.listen(0, "127.0.0.1"));
    }

    String hostAndPort() {
        return "127.0.0.1:" + socket.localAddress().port();
    }

    @Override
    public void close() {
        TestAgent.await(vertx.close());
    }

    private void answer(DatagramPacket packet) {
        questions.incrementAndGet();
        Buffer question = packet.data();
        int nameEnd = HEADER_BYTES;
        while (question.getByte(nameEnd) != 0) {
            nameEnd += 1 + question.getByte(nameEnd);
        }
        int type = question.getUnsignedShort(nameEnd + 1);
        boolean known = address.isPresent();
        boolean answered = known && type == TYPE_A;
        Buffer answer = Buffer.buffer()
                .appendShort(question.getShort(0))
                .appendShort((short) (0x8180 | (known ? 0 : NO_SUCH_NAME)))
                .appendShort((short) 1)
                .appendShort((short) (answered ? 1 : 0))
                .appendInt(0)
                .appendBuffer(question.slice(HEADER_BYTES, nameEnd + 1 + QUESTION_TAIL_BYTES));
        if (answered) {
            answer.appendShort((short) (0xC000 | HEADER_BYTES))
                    .appendShort((short) TYPE_A)
                    .appendShort((short) 1)
                    .appendInt(3600)
                    .appendShort((short) 4);
            for (String part : address.orElseThrow().split("\\.")) {
                answer.appendByte((byte) Integer.parseInt(part));
            }
        }
        socket.send(answer, packet.sender().port(), packet.sender().host());
    }
}
