package dev.outrigger.sdk;

import dev.outrigger.sdk.ApplyRequest.Command;
import java.util.ArrayList;
import java.util.List;

/** {@code apply} in binary, in a call of its own or on a stream. */
final class ApplyFrames {
    private static final int COMMAND_BYTES_MIN = 3 * Long.BYTES + Integer.BYTES;
    private static final int RESULT_BYTES_MIN = Short.BYTES + Integer.BYTES;

    private ApplyFrames() {}

    /** @param frame with its length */
    static ApplyRequest parse(byte[] frame) {
        FrameReader in = FrameReader.of(frame, Frames.BATCH);
        long epoch = in.number(0);
        long prevIndex = in.number(0);
        boolean replay = in.bool();
        int count = in.count(COMMAND_BYTES_MIN);
        List<Command> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(new Command(in.number(1), in.number(1), in.number(0), in.bytes()));
        }
        in.end();
        ApplyRequest request = new ApplyRequest(epoch, prevIndex, replay, commands);
        request.disorder().ifPresent(why -> {
            throw new MalformedFrameException(why);
        });
        return request;
    }

    static HttpReply results(Delivery.Done done) {
        int bytes = Long.BYTES + 2 * Integer.BYTES;
        for (Result result : done.results()) {
            bytes += RESULT_BYTES_MIN + result.data().length;
        }
        FrameWriter out = new FrameWriter(Frames.RESULTS, bytes);
        out.number(done.applied().index()).u32(0).u32(done.results().size());
        for (Result result : done.results()) {
            out.u16(result.code()).bytes(result.data());
        }
        return new HttpReply(200, Frames.MEDIA_TYPE, out.toBytes());
    }

    /** The reply as a frame on a stream. */
    static byte[] onStream(HttpReply reply) {
        return reply.status() == 200
                ? reply.body()
                : new FrameWriter(Frames.REFUSAL, reply.body().length + Long.BYTES)
                        .u16(reply.status())
                        .bytes(reply.body())
                        .toBytes();
    }
}
