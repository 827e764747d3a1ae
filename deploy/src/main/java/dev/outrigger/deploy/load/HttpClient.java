package dev.outrigger.deploy.load;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * One request a command, one connection for each command in flight. Written on bare sockets, since on a small machine a
 * general HTTP client takes more than the agent does.
 */
final class HttpClient implements Client {
    private final URI agent;

    HttpClient(URI agent) {
        this.agent = agent;
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public void drive(byte[] command, Window window) throws InterruptedException {
        Thread[] threads = IntStream.range(0, window.inFlight())
                .mapToObj(i -> new Thread(() -> run(command, window), "load-" + i))
                .toArray(Thread[]::new);
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void run(byte[] command, Window window) {
        byte[] request = request(command);
        while (window.isOpen()) {
            long submittedNanos = System.nanoTime();
            try (Socket socket = new Socket(agent.getHost(), agent.getPort())) {
                socket.setTcpNoDelay(true);
                InputStream in = new BufferedInputStream(socket.getInputStream());
                while (window.isOpen()) {
                    submittedNanos = System.nanoTime();
                    socket.getOutputStream().write(request);
                    window.record(readOutcome(in), submittedNanos);
                }
            } catch (IOException e) {
                window.record(Window.Outcome.UNKNOWN, submittedNanos);
            }
        }
    }

    private byte[] request(byte[] command) {
        byte[] head = ("POST /v1/commands HTTP/1.1\r\nHost: " + agent.getAuthority() + "\r\nContent-Length: "
                        + command.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + command.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(command, 0, request, head.length, command.length);
        return request;
    }

    private static Window.Outcome readOutcome(InputStream in) throws IOException {
        boolean acknowledged = line(in).contains(" 200 ");
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        if (acknowledged) {
            return Window.Outcome.ACKNOWLEDGED;
        }
        return body.contains("\"outcome\":\"none\"") ? Window.Outcome.NOT_EXECUTED : Window.Outcome.UNKNOWN;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the agent closed the connection");
            }
            line.append((char) next);
        }
        return line.toString().strip().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {}
}
