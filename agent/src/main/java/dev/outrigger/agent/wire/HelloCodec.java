package dev.outrigger.agent.wire;

import static dev.outrigger.agent.wire.WireException.Reason.BAD_VALUE;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.storage.ClusterIdentity;
import java.util.List;
import java.util.Optional;

/** {@link Hello} as the {@link LinkFrame#HELLO} frame. Stateless. */
public final class HelloCodec {
    /** Longest greeting that is taken, so that strangers cannot make an agent hold much. */
    public static final int HELLO_BYTES_MAX = 64 * 1024;
    /** Longest text in a greeting, in bytes of UTF-8. */
    public static final int TEXT_BYTES_MAX = 1024;

    private static final int TEXT_LENGTH_BYTES = Short.BYTES;

    private HelloCodec() {}

    /**
     * Writes {@code hello} as one frame.
     *
     * @throws IllegalArgumentException when a text or the whole is longer than allowed, or a text has control characters
     */
    public static void encode(Hello hello, FrameWriter out) {
        int start = out.length();
        out.beginFrame(LinkFrame.HELLO.tag());
        text(hello.clusterName(), out);
        text(hello.node().name(), out);
        text(hello.storageId(), out);
        out.int64(hello.bootEpoch());
        out.list(hello.initialMembers(), member -> text(member, out));
        out.bool(hello.cluster().isPresent());
        hello.cluster().ifPresent(cluster -> encode(cluster, out));
        text(hello.version(), out);
        text(hello.zone(), out);
        out.u8(hello.priority());
        out.bool(hello.blank());
        out.bool(hello.rejoins().isPresent());
        hello.rejoins().ifPresent(clusterId -> text(clusterId, out));
        out.endFrame();
        if (out.length() - start - FrameSplitter.LENGTH_BYTES > HELLO_BYTES_MAX) {
            throw new IllegalArgumentException("a greeting of more than " + HELLO_BYTES_MAX + " bytes");
        }
    }

    /**
     * Reads the greeting that is the whole of {@code in}.
     *
     * @throws WireException when it is none
     */
    public static Hello decode(FrameReader in) {
        Hello hello = new Hello(
                text(in),
                member(in),
                text(in),
                in.natural(),
                in.list(TEXT_LENGTH_BYTES, () -> text(in)),
                in.bool() ? Optional.of(cluster(in)) : Optional.empty(),
                text(in),
                text(in),
                in.u8(),
                in.bool(),
                in.bool() ? Optional.of(text(in)) : Optional.empty());
        in.end();
        return hello;
    }

    private static void encode(ClusterIdentity cluster, FrameWriter out) {
        text(cluster.clusterName(), out);
        text(cluster.clusterId(), out);
        out.list(cluster.members(), member -> {
            text(member.name().name(), out);
            text(member.peer(), out);
            text(member.storageId(), out);
        });
        out.int64(cluster.committed().index());
        out.int64(cluster.committed().term());
        out.payload(cluster.committed().configuration().encode());
    }

    private static ClusterIdentity cluster(FrameReader in) {
        String clusterName = text(in);
        String clusterId = text(in);
        List<ClusterIdentity.Member> members =
                in.list(3 * TEXT_LENGTH_BYTES, () -> new ClusterIdentity.Member(member(in), text(in), text(in)));
        long index = in.natural();
        long term = in.natural();
        try {
            ClusterIdentity.Committed committed =
                    new ClusterIdentity.Committed(index, term, Configuration.decode(in.payload()));
            return new ClusterIdentity(clusterName, clusterId, members).with(committed);
        } catch (IllegalArgumentException e) {
            throw new WireException(BAD_VALUE, "the members of a cluster: " + e.getMessage());
        }
    }

    private static MemberId member(FrameReader in) {
        String name = text(in);
        if (!MemberId.isValid(name)) {
            throw new WireException(BAD_VALUE, "not a member name: '" + name + "'");
        }
        return new MemberId(name);
    }

    private static void text(String text, FrameWriter out) {
        out.text(text, TEXT_BYTES_MAX);
    }

    private static String text(FrameReader in) {
        return in.text(TEXT_BYTES_MAX);
    }
}
