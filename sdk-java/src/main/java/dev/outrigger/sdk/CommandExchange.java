package dev.outrigger.sdk;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commands, many in one request. Within a session whatever leaves it open what became of a command is tried again under
 * the same number; without one only what was certainly not executed is.
 */
final class CommandExchange implements Exchange<byte[], CommandResult> {
    private static final int BYTES_PER_COMMAND = 80;
    private static final int STATUS_UNSUPPORTED_MEDIA_TYPE = 415;

    private final AgentHttp agent;
    private final @Nullable CommandSession session;
    private final Progress progress;
    /** Until an agent says that it is too old for them. */
    private volatile boolean frames = true;

    /** @param session null to send commands without one */
    CommandExchange(AgentHttp agent, @Nullable CommandSession session, Progress progress) {
        this.agent = agent;
        this.session = session;
        this.progress = progress;
    }

    @Override
    public void perform(List<Call<byte[], CommandResult>> batch, Duration waitAtMost) {
        if (!join(batch, waitAtMost)) {
            return;
        }
        List<Call<byte[], CommandResult>> sent =
                batch.stream().filter(Call::handOver).toList();
        if (sent.isEmpty()) {
            return;
        }
        try {
            settle(sent, send(sent, waitAtMost));
        } catch (NotSentException e) {
            sent.forEach(call -> call.retry(AgentHttp.unreachable(e), System.nanoTime()));
        } catch (IOException e) {
            sent.forEach(call -> doubt(call, lost("the answer was lost: " + e.getMessage())));
        } catch (MalformedJsonException | MalformedFrameException e) {
            sent.forEach(call -> doubt(call, lost("the agent's answer is not understood: " + e.getMessage())));
        }
    }

    private AgentAnswer send(List<Call<byte[], CommandResult>> batch, Duration waitAtMost) throws IOException {
        if (frames) {
            AgentAnswer answer = agent.send(AgentRequest.frames("/v1/commands/batch", encodeFrame(batch), waitAtMost));
            if (answer.status() != STATUS_UNSUPPORTED_MEDIA_TYPE) {
                return answer;
            }
            frames = false;
        }
        return agent.send(AgentRequest.json("/v1/commands/batch", encode(batch), waitAtMost));
    }

    private static byte[] encodeFrame(List<Call<byte[], CommandResult>> batch) {
        return CommandFrames.encode(batch.stream()
                .map(call -> call.session()
                        .map(session -> new CommandFrames.Command(call.request(), session, call.number()))
                        .orElseGet(() -> CommandFrames.Command.of(call.request())))
                .toList());
    }

    @Override
    public OutcomeUnknownException lost(String why) {
        return OutcomeUnknownException.lost(why);
    }

    /** False when there is no session; then each call is put off or failed. */
    private boolean join(List<Call<byte[], CommandResult>> batch, Duration waitAtMost) {
        if (session == null) {
            return true;
        }
        try {
            String current = session.open(waitAtMost);
            // A call in doubt stays in its session: only there is it known by its number.
            batch.stream().filter(call -> !call.inDoubt()).forEach(call -> call.session(current));
            return true;
        } catch (CommandSession.NoSessionException e) {
            for (Call<byte[], CommandResult> call : batch) {
                if (e.passing()) {
                    call.retry(e.why(), System.nanoTime());
                } else {
                    call.failAttempt(e.why());
                }
            }
            return false;
        }
    }

    private void settle(List<Call<byte[], CommandResult>> batch, AgentAnswer response) {
        if (response.status() != 200) {
            Problem problem = Problem.of(response.status(), response.body());
            batch.forEach(call -> settleAll(call, problem, batch.size()));
            return;
        }
        List<Answer> answers = CommandFrames.isFrame(response.body())
                ? decodeFrame(response.body(), batch.size())
                : decode(response.body(), batch.size());
        for (int i = 0; i < batch.size(); i++) {
            settleOne(batch.get(i), answers.get(i));
        }
    }

    private void settleAll(Call<byte[], CommandResult> call, Problem problem, int batchSize) {
        if (problem.status() == 413 && problem.certainlyNotExecuted() && batchSize > 1) {
            call.retryAlone(problem.unavailable(), System.nanoTime());
        } else {
            settleOne(call, problem);
        }
    }

    private void settleOne(Call<byte[], CommandResult> call, Answer answer) {
        if (answer.problem != null) {
            settleOne(call, answer.problem);
            return;
        }
        progress.reached(answer.index);
        if (answer.code != 0) {
            call.fail(new RefusedException((int) answer.code, answer.index, answer.data));
        } else {
            call.succeed(new CommandResult(answer.index, answer.term, answer.data));
        }
    }

    private void settleOne(Call<byte[], CommandResult> call, Problem problem) {
        if (session != null && (problem.sessionExpired() || problem.sequenceConflict())) {
            call.session().ifPresent(session::leave);
        }
        if (problem.saidOfTheCommand()) {
            call.fail(problem.toException());
        } else if (problem.sessionExpired() && call.session().isPresent() && !call.inDoubt()) {
            // No earlier attempt can have been executed, and this one was not, for want of its session.
            call.retry(problem.unavailable(), System.nanoTime());
        } else if (problem.certainlyNotExecuted() && problem.passing()) {
            call.retry(problem.unavailable(), System.nanoTime());
        } else if (problem.mayBecomeKnown()) {
            doubt(call, problem.unknown());
        } else {
            call.failAttempt(problem.toException());
        }
    }

    /** Without a session a second attempt could execute the command twice. */
    private void doubt(Call<byte[], CommandResult> call, OutcomeUnknownException why) {
        if (session == null) {
            call.fail(why);
        } else {
            call.retryInDoubt(why, System.nanoTime());
        }
    }

    private static byte[] encode(List<Call<byte[], CommandResult>> batch) {
        int size = 64;
        for (Call<byte[], CommandResult> call : batch) {
            size += BYTES_PER_COMMAND + call.bytes() * 4 / 3;
        }
        JsonWriter out = new JsonWriter(size).object().name("commands").array();
        for (Call<byte[], CommandResult> call : batch) {
            out.object().name("data").base64(call.request());
            if (call.session().isPresent()) {
                out.name("session").value(call.session().get()).name("sequence").value(call.number());
            }
            out.endObject();
        }
        return out.endArray().endObject().toBytes();
    }

    private static List<Answer> decodeFrame(byte[] body, int expected) {
        List<Answer> answers = new ArrayList<>(expected);
        CommandFrames.decode(body, expected, new CommandFrames.Outcomes() {
            @Override
            public void result(long index, long term, int code, byte[] data) {
                answers.add(new Answer(index, term, code, data));
            }

            @Override
            public void problem(Problem problem) {
                answers.add(new Answer(problem));
            }
        });
        return answers;
    }

    private static List<Answer> decode(byte[] body, int expected) {
        List<Answer> answers = new ArrayList<>(expected);
        JsonReader in = new JsonReader(body);
        in.object(name -> {
            if (name.equals("results")) {
                in.array(() -> answers.add(Answer.read(in)));
            } else {
                in.skip();
            }
        });
        in.end();
        if (answers.size() != expected) {
            throw in.malformed(answers.size() + " results for " + expected + " commands");
        }
        return answers;
    }

    private static final class Answer {
        private static final byte[] NONE = new byte[0];

        private long index;
        private long term;
        private long code = -1;
        private byte[] data = NONE;
        private @Nullable Problem problem;

        private Answer() {}

        private Answer(long index, long term, long code, byte[] data) {
            this.index = index;
            this.term = term;
            this.code = code;
            this.data = data;
        }

        private Answer(Problem problem) {
            this.problem = problem;
        }

        private static Answer read(JsonReader in) {
            Answer answer = new Answer();
            in.object(name -> answer.read(name, in));
            if (answer.problem == null && (answer.index == 0 || answer.code < 0)) {
                throw in.malformed("a result needs index and code, or a problem");
            }
            return answer;
        }

        private void read(String name, JsonReader in) {
            switch (name) {
                case "index" -> index = in.integer(1, Long.MAX_VALUE);
                case "term" -> term = in.integer(1, Long.MAX_VALUE);
                case "code" -> code = in.integer(0, Result.CODE_MAX);
                case "data" -> data = in.base64();
                case "problem" -> problem = Problem.read(in, 500);
                default -> in.skip();
            }
        }
    }
}
