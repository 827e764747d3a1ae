package dev.outrigger.sdk;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Questions that change nothing and are therefore asked again whenever the cause may pass.
 *
 * @param <Q> what is asked
 * @param <A> what is answered
 */
final class ReadExchange<Q, A> implements Exchange<Q, A> {
    interface Question<Q> {
        AgentRequest toRequest(Q question, Duration wait);
    }

    interface Reading<A> {
        A of(byte[] body);
    }

    private final AgentHttp agent;
    private final Question<Q> question;
    private final Reading<A> reading;

    ReadExchange(AgentHttp agent, Question<Q> question, Reading<A> reading) {
        this.agent = agent;
        this.question = question;
        this.reading = reading;
    }

    /** One request answers the whole batch: its questions are the same, and all were asked before it is sent. */
    @Override
    public void perform(List<Call<Q, A>> batch, Duration waitAtMost) {
        batch.forEach(Call::handOver);
        try {
            settle(batch, agent.send(question.toRequest(batch.get(0).request(), waitAtMost)));
        } catch (IOException e) {
            batch.forEach(call -> call.retry(AgentHttp.unreachable(e), System.nanoTime()));
        } catch (MalformedJsonException e) {
            batch.forEach(call -> call.fail(lost("the agent's answer is not understood: " + e.getMessage())));
        }
    }

    @Override
    public OutriggerException lost(String why) {
        return new UnavailableException(why);
    }

    private void settle(List<Call<Q, A>> batch, AgentAnswer response) {
        if (response.status() == 200) {
            A answer = reading.of(response.body());
            batch.forEach(call -> call.succeed(answer));
            return;
        }
        Problem problem = Problem.of(response.status(), response.body());
        for (Call<Q, A> call : batch) {
            if (problem.passing()) {
                call.retry(problem.unavailable(), System.nanoTime());
            } else {
                call.fail(problem.toReadException());
            }
        }
    }
}
