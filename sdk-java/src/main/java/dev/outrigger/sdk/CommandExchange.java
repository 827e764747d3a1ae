package dev.outrigger.sdk;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands, many in one request. Tries again only what was certainly not executed. */
final class CommandExchange implements Exchange<byte[], CommandResult> {
    private static final int BYTES_PER_COMMAND = 16;
    private static final int STATUS_UNSUPPORTED_MEDIA_TYPE = 415;

    private final AgentHttp agent;
    /** Until an agent says that it is too old for them. */
    private volatile boolean frames = true;

    CommandExchange(AgentHttp agent) {
        this.agent = agent;
    }

    @Override
    public void perform(List<Call<byte[], CommandResult>> batch, Duration waitAtMost) throws InterruptedException {
        try {
            boolean framed = frames; // Other senders change it.
            HttpResponse<byte[]> response = send(batch, waitAtMost, framed);
            if (framed && response.statusCode() == STATUS_UNSUPPORTED_MEDIA_TYPE) {
                frames = false;
                response = send(batch, waitAtMost, false);
            }
            settle(batch, response);
        } catch (IOException e) {
            for (Call<byte[], CommandResult> call : batch) {
                if (AgentHttp.notSent(e)) {
                    call.retry(AgentHttp.unreachable(e), System.nanoTime());
                } else {
                    call.fail(lost("the answer was lost: " + e));
                }
            }
        }
    }

    private HttpResponse<byte[]> send(List<Call<byte[], CommandResult>> batch, Duration waitAtMost, boolean framed)
            throws IOException, InterruptedException {
        String form = framed ? Frames.MEDIA_TYPE : "application/json";
        byte[] body = framed ? encodeFrame(batch) : encode(batch);
        return agent.send(agent.request("/v1/commands/batch", waitAtMost)
                .header("Content-Type", form)
                .header("Accept", form)
                .POST(BodyPublishers.ofByteArray(body))
                .build());
    }

    private static byte[] encodeFrame(List<Call<byte[], CommandResult>> batch) {
        return CommandFrames.encode(batch.stream()
                .map(call -> CommandFrames.Command.of(call.request()))
                .toList());
    }

    @Override
    public OutriggerException lost(String why) {
        return new OutcomeUnknownException(why, 0, false);
    }

    private void settle(List<Call<byte[], CommandResult>> batch, HttpResponse<byte[]> response) {
        if (response.statusCode() != 200) {
            Problem problem = Problem.of(response.statusCode(), response.body());
            batch.forEach(call -> settleAll(call, problem, batch.size()));
            return;
        }
        try {
            List<Answer> answers = CommandFrames.isFrame(response.body())
                    ? decodeFrame(response.body(), batch.size())
                    : decode(response.body(), batch.size());
            for (int i = 0; i < batch.size(); i++) {
                settleOne(batch.get(i), answers.get(i));
            }
        } catch (MalformedJsonException | MalformedFrameException e) {
            batch.forEach(call -> call.fail(lost("the agent's answer is not understood: " + e.getMessage())));
        }
    }

    private static void settleAll(Call<byte[], CommandResult> call, Problem problem, int batchSize) {
        if (problem.status() == 413 && problem.certainlyNotExecuted() && batchSize > 1) {
            call.retryAlone(problem.unavailable(), System.nanoTime());
        } else {
            settleOne(call, problem);
        }
    }

    private static void settleOne(Call<byte[], CommandResult> call, Problem problem) {
        if (problem.certainlyNotExecuted() && problem.passing()) {
            call.retry(problem.unavailable(), System.nanoTime());
        } else {
            call.fail(problem.toException());
        }
    }

    private static void settleOne(Call<byte[], CommandResult> call, Answer answer) {
        if (answer.problem != null) {
            settleOne(call, answer.problem);
        } else if (answer.code != 0) {
            call.fail(new RefusedException((int) answer.code, answer.index, answer.data));
        } else {
            call.succeed(new CommandResult(answer.index, answer.term, answer.data));
        }
    }

    private static byte[] encode(List<Call<byte[], CommandResult>> batch) {
        int size = 64;
        for (Call<byte[], CommandResult> call : batch) {
            size += BYTES_PER_COMMAND + call.bytes() * 4 / 3;
        }
        JsonWriter out = new JsonWriter(size).object().name("commands").array();
        for (Call<byte[], CommandResult> call : batch) {
            out.object().name("data").base64(call.request()).endObject();
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
