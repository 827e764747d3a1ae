package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The session of one client with the cluster, in which a command is known by its number and takes effect once however
 * often it is sent (Diss. §6.3). Opened when first needed, and again when the cluster has forgotten it. Safe for many
 * threads; while one opens it the others wait for it.
 */
final class CommandSession {
    private static final String PATH = "/v1/sessions";

    private final AgentHttp agent;
    private @Nullable String id;

    CommandSession(AgentHttp agent) {
        this.agent = agent;
    }

    /**
     * The session to send in.
     *
     * @throws NoSessionException when there is none and none can be opened now
     */
    synchronized String open(Duration wait) throws NoSessionException {
        if (id == null) {
            id = askForOne(wait);
        }
        return id;
    }

    private String askForOne(Duration wait) throws NoSessionException {
        try {
            AgentAnswer answer = agent.send(AgentRequest.json(PATH, "{}".getBytes(UTF_8), wait));
            if (answer.status() == 201) {
                return read(answer.body());
            }
            Problem problem = Problem.of(answer.status(), answer.body());
            throw new NoSessionException(problem.unavailable(), problem.passing() || !problem.certainlyNotExecuted());
        } catch (IOException e) {
            throw new NoSessionException(AgentHttp.unreachable(e), true);
        } catch (MalformedJsonException e) {
            String why = "the agent's answer is not understood: " + e.getMessage();
            throw new NoSessionException(new UnavailableException(why), true);
        }
    }

    private static String read(byte[] body) {
        String[] session = {""};
        JsonReader in = new JsonReader(body);
        in.object(name -> {
            if (name.equals("session")) {
                session[0] = in.string();
            } else {
                in.skip();
            }
        });
        in.end();
        if (session[0].isEmpty()) {
            throw in.malformed("a session needs its name");
        }
        return session[0];
    }

    /** The next command opens a new one, unless that has happened already. */
    synchronized void leave(String gone) {
        if (gone.equals(id)) {
            id = null;
        }
    }

    /** Tells the cluster that the session is over; when that fails it expires by itself. */
    void end(Duration wait) {
        Optional<String> last = takeOut();
        if (last.isPresent()) {
            try {
                agent.send(AgentRequest.delete(PATH + "/" + URLEncoder.encode(last.get(), UTF_8), wait));
            } catch (IOException e) {
                // It expires.
            }
        }
    }

    private synchronized Optional<String> takeOut() {
        Optional<String> last = Optional.ofNullable(id);
        id = null;
        return last;
    }

    /** Why no command can be sent now. */
    static final class NoSessionException extends Exception {
        private static final long serialVersionUID = 1L;

        private final UnavailableException why;
        private final boolean passing;

        NoSessionException(UnavailableException why, boolean passing) {
            super(why);
            this.why = why;
            this.passing = passing;
        }

        UnavailableException why() {
            return why;
        }

        /** Whether it may go better later. */
        boolean passing() {
            return passing;
        }
    }
}
