package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.sdk.ApplyRequest.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApplierTest {
    private static final Optional<String> ORDERS = Optional.of("orders");

    private final Ledger ledger = new Ledger();
    private final Applier applier = new Applier(ledger, new Epochs());

    private static Command command(long index, String text) {
        return new Command(index, 3, 1_000 + index, text.getBytes(UTF_8));
    }

    private Delivery deliver(long prevIndex, Command... commands) {
        return applier.apply(new ApplyRequest(7, prevIndex, false, List.of(commands)), ORDERS);
    }

    private static List<String> texts(Delivery delivery) {
        List<String> texts = new ArrayList<>();
        for (Result result : assertInstanceOf(Delivery.Done.class, delivery).results()) {
            texts.add(new String(result.data(), UTF_8));
        }
        return texts;
    }

    private static Position refusedAt(Delivery delivery) {
        return assertInstanceOf(Delivery.Refused.class, delivery).applied();
    }

    @Test
    void appliesInOrderAndAnswersInOrder() {
        Delivery delivery = deliver(0, command(2, "a"), command(5, "no way"), command(6, "b"));
        assertEquals(List.of("ok 1", "not no way", "ok 3"), texts(delivery));
        assertEquals(7, ((Delivery.Done) delivery).results().get(1).code());
        assertEquals(List.of("a", "no way", "b"), ledger.entries);
        assertEquals(new Position(ORDERS, 6, 3), applier.applied());
    }

    @Test
    void givesTheStateMachineIndexTermAgreedTimeAndWhetherItReplays() {
        applier.apply(new ApplyRequest(7, 0, true, List.of(command(42, "a"))), ORDERS);
        Context context = ledger.contexts.get(0);
        assertEquals(new Context(new Position(ORDERS, 42, 3), 1_042, true), context);
        assertEquals(1_042, context.time().toEpochMilli());
    }

    @Test
    void refusesADeliveryWithAGapBeforeIt() {
        texts(deliver(0, command(1, "a")));
        assertEquals(1, refusedAt(deliver(2, command(3, "c"))).index());
        assertEquals(List.of("a"), ledger.entries);
    }

    @Test
    void theSameDeliveryAgainGetsTheSameAnswersAndChangesNothing() {
        Delivery first = deliver(0, command(1, "a"), command(2, "no"), command(3, "b"));
        assertEquals(first, deliver(0, command(1, "a"), command(2, "no"), command(3, "b")));
        assertEquals(List.of("a", "no", "b"), ledger.entries);
    }

    @Test
    void anOverlapIsAnsweredFromBothKeptAndNewResults() {
        texts(deliver(0, command(1, "a"), command(2, "b")));
        assertEquals(List.of("ok 2", "ok 3"), texts(deliver(1, command(2, "b"), command(4, "c"))));
        assertEquals(List.of("a", "b", "c"), ledger.entries);
    }

    @Test
    void aPartOfTheLastDeliveryGetsItsAnswersAndTheTruePosition() {
        texts(deliver(0, command(1, "a"), command(2, "b"), command(3, "c")));
        Delivery again = deliver(0, command(1, "a"), command(2, "b"));
        assertEquals(List.of("ok 1", "ok 2"), texts(again));
        assertEquals(3, ((Delivery.Done) again).applied().index());
    }

    @Test
    void refusesAnOverlapWhoseResultsAreNoLongerKept() {
        texts(deliver(0, command(1, "a")));
        texts(deliver(1, command(2, "b")));
        assertEquals(
                2,
                refusedAt(deliver(0, command(1, "a"), command(2, "b"), command(3, "c")))
                        .index());
        assertEquals(List.of("a", "b"), ledger.entries);
    }

    @Test
    void refusesCommandsThatAreNotTheOnesItAppliedAtTheseIndexes() {
        texts(deliver(0, command(1, "a"), command(3, "b")));
        refusedAt(deliver(0, command(1, "a"), new Command(3, 4, 0, "b".getBytes(UTF_8))));
        refusedAt(deliver(0, command(1, "a"), command(2, "x"), command(3, "b")));
        refusedAt(deliver(0, command(1, "a"), command(4, "y")));
        assertEquals(List.of("a", "b"), ledger.entries);
    }

    @Test
    void anEmptyDeliveryIsAnsweredWithThePosition() {
        texts(deliver(0, command(1, "a")));
        assertEquals(List.of(), texts(deliver(1)));
    }

    @Test
    void keepsABoundedNumberOfResults() {
        Command[] many = new Command[RecentResults.COUNT_MAX + 1];
        for (int i = 0; i < many.length; i++) {
            many[i] = command(i + 1, "a");
        }
        texts(deliver(0, many));
        refusedAt(deliver(0, many));
        assertEquals(List.of("ok 2"), texts(deliver(1, many[1])));
        assertEquals(many.length, ledger.entries.size());
    }

    @Test
    void keepsABoundedNumberOfResultBytes() {
        RecentResults recent = new RecentResults(0);
        Command big = command(1, "a");
        recent.add(big, Result.ok(new byte[RecentResults.BYTES_MAX]));
        assertTrue(recent.of(new ApplyRequest(7, 0, false, List.of(big))).isPresent());
        recent.add(command(2, "b"), Result.ok(new byte[1]));
        assertTrue(recent.of(new ApplyRequest(7, 0, false, List.of(big))).isEmpty());
    }

    @Test
    void refusesAnOlderEpochOnceItHasSeenANewerOne() {
        texts(deliver(0, command(1, "a")));
        refusedAt(applier.apply(new ApplyRequest(6, 1, false, List.of(command(2, "b"))), ORDERS));
        texts(applier.apply(new ApplyRequest(8, 1, false, List.of(command(2, "b"))), ORDERS));
        refusedAt(deliver(2, command(3, "c")));
        assertEquals(List.of("a", "b"), ledger.entries);
    }

    @Test
    void refusesAnotherClusterOnceItHoldsState() {
        texts(deliver(0, command(1, "a")));
        refusedAt(applier.apply(new ApplyRequest(7, 1, false, List.of(command(2, "b"))), Optional.of("stock")));
        texts(applier.apply(new ApplyRequest(7, 1, false, List.of(command(2, "b"))), Optional.empty()));
        assertEquals(new Position(ORDERS, 2, 3), applier.applied());
    }

    @Test
    void standsAtTheCommandThatFailsAndGoesOnFromThere() {
        Delivery.Failed failed = assertInstanceOf(
                Delivery.Failed.class, deliver(0, command(1, "a"), command(2, "fail here"), command(3, "b")));
        assertEquals(2, failed.index());
        assertEquals(1, failed.applied().index());
        assertEquals(List.of("a"), ledger.entries);
        assertInstanceOf(Delivery.Failed.class, deliver(1, command(2, "fail here"), command(3, "b")));

        ledger.repaired = true;
        assertEquals(List.of("ok 2", "ok 3"), texts(deliver(1, command(2, "fail here"), command(3, "b"))));
    }

    @Test
    void errorsOfTheStateMachineCountAsFailuresToo() {
        Delivery.Failed failed = assertInstanceOf(Delivery.Failed.class, deliver(0, command(1, "overflow")));
        assertInstanceOf(StackOverflowError.class, failed.cause());
    }

    @Test
    void startsWhereADurableStateMachineStands() {
        ledger.durable = Optional.of(new Position(ORDERS, 41, 3));
        Applier restarted = new Applier(ledger, new Epochs());
        assertEquals(41, restarted.applied().index());
        assertEquals(
                41,
                refusedAt(restarted.apply(new ApplyRequest(1, 40, false, List.of(command(41, "a"))), ORDERS))
                        .index());
        texts(restarted.apply(new ApplyRequest(1, 41, false, List.of(command(42, "a"))), ORDERS));
        assertEquals(Optional.of(new Position(ORDERS, 42, 3)), ledger.durable);
    }

    @Test
    void neverAppliesTwiceWhatADurableStateMachineStoredBeforeItFailed() {
        ledger.durable = Optional.of(Position.NONE);
        Delivery.Failed failed = assertInstanceOf(Delivery.Failed.class, deliver(0, command(1, "commit, then fail")));
        assertEquals(1, failed.applied().index());
        assertEquals(1, refusedAt(deliver(0, command(1, "commit, then fail"))).index());
        assertEquals(List.of("ok 2"), texts(deliver(1, command(2, "b"))));
        assertEquals(List.of("commit, then fail", "b"), ledger.entries);
    }

    @Test
    void saysNothingAboutItsPositionWhileTheStateMachineCannotTell() {
        boolean[] away = {false};
        StateMachine machine = new StateMachine() {
            @Override
            public Result apply(Context context, byte[] command) {
                away[0] = true;
                throw new IllegalStateException("the database is away");
            }

            @Override
            public byte[] query(byte[] query) {
                return query;
            }

            @Override
            public Optional<Position> applied() {
                if (away[0]) {
                    throw new IllegalStateException("the database is away");
                }
                return Optional.of(new Position(ORDERS, 5, 1));
            }
        };
        Applier durable = new Applier(machine, new Epochs());
        ApplyRequest request = new ApplyRequest(1, 5, false, List.of(command(6, "a")));
        assertInstanceOf(Delivery.Failed.class, durable.apply(request, ORDERS));
        assertThrows(IllegalStateException.class, durable::applied);
        assertThrows(IllegalStateException.class, () -> durable.apply(request, ORDERS));
        away[0] = false;
        assertEquals(5, durable.applied().index());
    }

    /** Stores what it has applied only in {@link #flush}, as one transaction. */
    private static final class Transactions implements StateMachine {
        private final List<String> open = new ArrayList<>();
        private final List<List<String>> stored = new ArrayList<>();
        private Position position = Position.NONE;
        private Position storedPosition = Position.NONE;
        private boolean storeIsAway;

        @Override
        public Result apply(Context context, byte[] command) {
            String text = new String(command, UTF_8);
            if (text.startsWith("fail")) {
                throw new IllegalStateException(text);
            }
            open.add(text);
            position = context.position();
            return Result.ok(command);
        }

        @Override
        public void flush() {
            if (storeIsAway) {
                open.clear();
                throw new IllegalStateException("the store is away");
            }
            stored.add(List.copyOf(open));
            open.clear();
            storedPosition = position;
        }

        @Override
        public Optional<Position> applied() {
            return Optional.of(storedPosition);
        }

        @Override
        public Optional<StateWriter> snapshot() {
            return Optional.of(out -> out.write(stored.toString().getBytes(UTF_8)));
        }

        @Override
        public byte[] query(byte[] query) {
            return query;
        }
    }

    private final Transactions transactions = new Transactions();
    private final Applier durable = new Applier(transactions, new Epochs());

    private Delivery deliverDurably(long prevIndex, Command... commands) {
        return durable.apply(new ApplyRequest(7, prevIndex, false, List.of(commands)), ORDERS);
    }

    @Test
    void flushesOnceForEachDelivery() {
        texts(deliverDurably(0, command(1, "a"), command(2, "b")));
        texts(deliverDurably(2, command(3, "c")));
        texts(deliverDurably(2, command(3, "c")));
        assertEquals(List.of(List.of("a", "b"), List.of("c")), transactions.stored);
    }

    @Test
    void nothingCountsOfADeliveryThatCouldNotBeFlushed() {
        texts(deliverDurably(0, command(1, "a")));
        transactions.storeIsAway = true;
        Delivery.Failed failed =
                assertInstanceOf(Delivery.Failed.class, deliverDurably(1, command(2, "b"), command(3, "c")));
        assertEquals(2, failed.index());
        assertEquals(1, failed.applied().index());
        transactions.storeIsAway = false;
        assertEquals(List.of("b", "c"), texts(deliverDurably(1, command(2, "b"), command(3, "c"))));
        assertEquals(List.of(List.of("a"), List.of("b", "c")), transactions.stored);
    }

    @Test
    void whatWasAppliedBeforeACommandThatFailsIsFlushed() {
        Delivery.Failed failed = assertInstanceOf(
                Delivery.Failed.class, deliverDurably(0, command(1, "a"), command(2, "fail"), command(3, "c")));
        assertEquals(2, failed.index());
        assertEquals(1, failed.applied().index());
        assertEquals(List.of(List.of("a")), transactions.stored);
    }

    @Test
    void countsNothingThatIsNotFlushedYet() {
        List<Long> seen = new ArrayList<>();
        Applier[] watched = new Applier[1];
        watched[0] = new Applier(
                new StateMachine() {
                    @Override
                    public Result apply(Context context, byte[] command) {
                        seen.add(watched[0].applied().index());
                        return Result.ok();
                    }

                    @Override
                    public byte[] query(byte[] query) {
                        return query;
                    }

                    @Override
                    public Optional<Position> applied() {
                        return Optional.of(Position.NONE);
                    }
                },
                new Epochs());
        watched[0].apply(new ApplyRequest(7, 0, false, List.of(command(1, "a"), command(2, "b"))), ORDERS);
        assertEquals(List.of(0L, 0L), seen);
        assertEquals(2, watched[0].applied().index());
    }

    @Test
    void flushesBeforeItCaptures() {
        transactions.apply(new Context(new Position(ORDERS, 1, 3), 0, false), "a".getBytes(UTF_8));
        assertEquals(1, durable.capture().orElseThrow().position().index());
    }
}
