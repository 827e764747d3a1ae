package dev.outrigger.deploy.load;

import dev.outrigger.sdk.OutcomeUnknownException;
import dev.outrigger.sdk.Outrigger;
import dev.outrigger.sdk.OutriggerOptions;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The SDK as an application uses it; the next command is submitted as soon as one is answered. */
final class SdkClient implements Client {
    private final Outrigger outrigger;

    SdkClient(URI agent) {
        outrigger = Outrigger.connect(OutriggerOptions.defaults().withAgent(agent));
    }

    @Override
    public String name() {
        return "sdk";
    }

    @Override
    public void drive(byte[] command, Window window) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(window.inFlight());
        for (int i = 0; i < window.inFlight(); i++) {
            next(command, window, ended);
        }
        ended.await();
    }

    private void next(byte[] command, Window window, CountDownLatch ended) {
        if (!window.isOpen()) {
            ended.countDown();
            return;
        }
        long submittedNanos = System.nanoTime();
        outrigger.submit(command).whenComplete((result, failure) -> {
            window.record(outcome(failure), submittedNanos);
            next(command, window, ended);
        });
    }

    private static Window.Outcome outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return Window.Outcome.ACKNOWLEDGED;
        }
        return failure instanceof OutcomeUnknownException ? Window.Outcome.UNKNOWN : Window.Outcome.NOT_EXECUTED;
    }

    @Override
    public void close() {
        outrigger.close();
    }
}
