package dev.outrigger.agent.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Fitness;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.wire.AppRecord.AnswerHash;
import dev.outrigger.agent.wire.AppRecord.StateHash;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AppRecordCodecTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final AppRecord STANDING = new AppRecord.Standing(
            Fitness.FIT,
            0,
            41,
            42,
            List.of(new AnswerHash(1, 1024, -7)),
            new AnswerHash(1025, 1030, 9),
            List.of(new StateHash(1030, 5)));
    private static final AppRecord ROSTER = new AppRecord.Roster(
            List.of(new AppRecord.MemberStanding(A, Fitness.AILING, 7, 41, 0)),
            List.of(new AppRecord.Divergence(7, 7, List.of(B), List.of(A))));

    static Stream<AppRecord> records() {
        return Stream.of(
                STANDING,
                ROSTER,
                new AppRecord.AnswersWanted(1, 1024),
                new AppRecord.SnapshotWanted(7, -3, 256),
                new AppRecord.SnapshotPiece(
                        new Snapshot(40, 4, 9, Configuration.of(List.of(A)), 2048, 1), 256, Payload.of(new byte[] {1, 2
                        })),
                new AppRecord.NoSnapshot("it has none"),
                new AppRecord.Answers(5, List.of(0L, -1L), List.of(new StateHash(6, 8))));
    }

    @ParameterizedTest
    @MethodSource("records")
    void readsWhatItWrote(AppRecord record) {
        assertEquals(record, AppRecordCodec.decode(AppRecordCodec.encode(record)));
    }

    @Test
    void writesTheAgreedBytes() {
        String standing = "01" + "02" + "0000000000000000" + "0000000000000029" + "000000000000002a"
                + "00000001" + "0000000000000001" + "0000000000000400" + "fffffffffffffff9"
                + "0000000000000401" + "0000000000000406" + "0000000000000009"
                + "00000001" + "0000000000000406" + "0000000000000005";
        assertEquals(
                standing,
                HexFormat.of().formatHex(AppRecordCodec.encode(STANDING).array()));
        String roster = "02" + "00000001" + "0001" + "61" + "00" + "0000000000000007" + "0000000000000029"
                + "0000000000000000" + "00000001" + "0000000000000007" + "0000000000000007"
                + "00000001" + "0001" + "62" + "00000001" + "0001" + "61";
        assertEquals(
                roster, HexFormat.of().formatHex(AppRecordCodec.encode(ROSTER).array()));
    }

    @ParameterizedTest
    @MethodSource("records")
    void refusesWhatIsCutShortOrGoesOn(AppRecord record) {
        byte[] bytes = AppRecordCodec.encode(record).array();
        for (int length = 0; length < bytes.length; length++) {
            Payload cut = Payload.of(Arrays.copyOf(bytes, length));
            assertThrows(WireException.class, () -> AppRecordCodec.decode(cut), "length " + length);
        }
        Payload longer = Payload.of(Arrays.copyOf(bytes, bytes.length + 1));
        assertThrows(WireException.class, () -> AppRecordCodec.decode(longer));
    }

    @ParameterizedTest
    @MethodSource("records")
    void takesAnyBytesForARecordOrRefusesThem(AppRecord record) {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = AppRecordCodec.encode(record).array();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                AppRecordCodec.decode(Payload.of(bytes));
            } catch (WireException expected) {
                continue;
            }
        }
    }
}
