package dev.outrigger.agent.app;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings one batch at a time to the application, in the fastest form that it lists and that works: as part of a stream,
 * as a call in binary, as a call in JSON. A stream is opened beside, while batches go in single calls, so that one which
 * cannot be opened delays nothing.
 */
final class Push {
    enum Form {
        JSON,
        FRAMES,
        STREAM
    }

    private final AppClient client;
    private final AppOptions options;
    private final AppMetrics metrics;
    private final StreamEnd streamEnd;
    private final FormTrial framesTrial;
    private final FormTrial streamTrial;
    private Encodings encodings = Encodings.JSON_ONLY;
    private @Nullable AppStream stream;

    /** Told when a stream has ended between two batches. */
    interface StreamEnd {
        /** @param announced whether the application ended it in the agreed way */
        void ended(AppFailure why, boolean announced);
    }

    Push(AppClient client, AppOptions options, AppMetrics metrics, StreamEnd streamEnd) {
        this.client = client;
        this.options = options;
        this.metrics = metrics;
        this.streamEnd = streamEnd;
        framesTrial = new FormTrial(options.limits());
        streamTrial = new FormTrial(options.limits());
    }

    /** What the application has just said that it speaks. */
    void offered(Encodings spoken) {
        encodings = spoken;
        if (!spoken.stream()) {
            detach();
        }
    }

    /** The application stands where delivery goes on. */
    void attach() {
        openStream();
    }

    /** Whatever is under way by a stream is given up. */
    void detach() {
        if (stream != null) {
            stream.close();
            stream = null;
            metrics.streaming(false);
        }
    }

    /** Whether the next batch would go by a stream, whose end tells that the application is gone. */
    boolean isStreaming() {
        return stream != null && stream.isOpen();
    }

    /** The future fails with {@link AppFailure} only. */
    Future<AppAnswer> send(long prevIndex, boolean replay, Batch batch) {
        AppBatch question = new AppBatch(
                options.bootEpoch(),
                prevIndex,
                replay,
                batch.commands().stream().map(AppCommand::of).toList());
        int commands = question.commands().size();
        AppStream open = stream;
        if (open != null && open.isOpen()) {
            return tried(
                    Form.STREAM,
                    streamTrial,
                    open.send(AppFrames.writeBatch(question)),
                    frame -> AppFrames.readAnswer(frame, commands));
        }
        openStream();
        if (encodings.frames() && framesTrial.isDue(System.nanoTime())) {
            return tried(
                    Form.FRAMES,
                    framesTrial,
                    client.apply(AppFrames.MEDIA_TYPE, AppFrames.writeBatch(question)),
                    body -> AppFrames.readAnswer(AppFrames.onlyFrame(body), commands));
        }
        return client.apply(AppClient.JSON, AppJson.writeBatch(question))
                .map(reply -> AppJson.readAnswer(reply.bodyOf200(), commands))
                .onSuccess(answer -> metrics.answered(Form.JSON));
    }

    private Future<AppAnswer> tried(
            Form form, FormTrial trial, Future<AppReply> reply, Function<Buffer, AppAnswer> reading) {
        return reply.map(answered -> reading.apply(answered.bodyOf200()))
                .onSuccess(answer -> {
                    trial.worked();
                    metrics.answered(form);
                })
                .onFailure(failure -> trial.failed(System.nanoTime()));
    }

    private void openStream() {
        if (stream == null && encodings.stream() && streamTrial.isDue(System.nanoTime())) {
            stream = client.stream(new StreamOwner());
            client.open(stream);
        }
    }

    private final class StreamOwner implements AppStream.Owner {
        @Override
        public void opened() {
            metrics.streaming(true);
        }

        @Override
        public void notOpened(AppFailure why) {
            over(why);
        }

        @Override
        public void ended(AppFailure why, boolean announced) {
            over(why);
            streamEnd.ended(why, announced);
        }

        private void over(AppFailure why) {
            stream = null;
            metrics.streaming(false);
            streamTrial.failed(System.nanoTime());
            metrics.failed("stream", why);
        }
    }
}
