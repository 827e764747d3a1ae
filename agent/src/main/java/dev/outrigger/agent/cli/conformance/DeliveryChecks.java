package dev.outrigger.agent.cli.conformance;

import dev.outrigger.agent.cli.conformance.Delivery.Command;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** {@code POST apply}: each command once, in order, none skipped, whatever comes. */
final class DeliveryChecks {
    private static final String APPLY = "1, apply";

    /** The most that an agent puts into one batch. */
    private static final int BATCH_COMMANDS_MAX = 1024;

    private static final int BATCH_BYTES_MAX = 1 << 20;

    private DeliveryChecks() {}

    static List<Check> all() {
        return List.of(
                order(),
                jumps(),
                newTerm(),
                emptyBatch(),
                gap(),
                duplicates(),
                overlap(),
                replayed(),
                oldEpoch(),
                newEpoch(),
                unknownFields(),
                senseless(),
                manyCommands(),
                largeBatch(),
                largestCommand());
    }

    private static Check order() {
        return new Check(
                "order",
                APPLY,
                "200 with the last index as applied and a result for each of three commands; info says the same then",
                "results go to whoever waits for them by their place, and the next batch begins at applied",
                subject -> {
                    subject.deliver(subject.next(3));
                    subject.mustStandAt(subject.position());
                    subject.deliver(subject.next(1));
                    subject.mustStandAt(subject.position());
                    return "that";
                });
    }

    private static Check jumps() {
        return new Check(
                "index-jumps",
                APPLY,
                "200 where indexes rise by more than one",
                "entries that are no commands take indexes too; who counts by himself stops at the first of them",
                subject -> {
                    subject.deliver(subject.next(3, 7));
                    subject.deliver(subject.next(1, 3));
                    subject.mustStandAt(subject.position());
                    return "that, up to index " + subject.position().index();
                });
    }

    private static Check newTerm() {
        return new Check(
                "new-term",
                APPLY,
                "the term of the last command in info",
                "index and term together tell the agent whether its log and this state belong together",
                subject -> {
                    subject.raiseTerm();
                    subject.deliver(subject.next(1));
                    subject.mustStandAt(subject.position());
                    return "that, " + subject.position();
                });
    }

    private static Check emptyBatch() {
        return new Check(
                "empty-batch",
                APPLY,
                "200 with no results and nothing changed",
                "a batch without commands is no error",
                subject -> {
                    subject.unchangedBy(() -> subject.deliver(subject.next(0)));
                    return "that";
                });
    }

    private static Check gap() {
        return new Check(
                "gap",
                APPLY,
                "409 with applied, and nothing changed, where prevIndex is ahead of the application",
                "after a restart without its state an application would miss commands and never find out",
                subject -> {
                    Delivery next = subject.next(1);
                    Command command = next.commands().get(0);
                    Delivery ahead = new Delivery(
                            next.epoch(),
                            next.prevIndex() + 5,
                            false,
                            List.of(new Command(
                                    next.prevIndex() + 6, command.term(), command.timeMillis(), command.data())));
                    subject.unchangedBy(() -> subject.mustConflict(subject.send(ahead)));
                    subject.deliver(subject.next(1));
                    return "409 with applied, and the delivery that fits went well after it";
                });
    }

    private static Check duplicates() {
        return new Check(
                "duplicates",
                APPLY,
                "the same results again (or 409 with applied), and nothing changed, for a batch that is applied already",
                "the agent delivers again when an answer was lost; a command that takes effect twice is the worst case",
                subject -> {
                    Delivery delivery = subject.next(3);
                    Results first = subject.deliver(delivery);
                    String[] came = new String[1];
                    subject.unchangedBy(() -> came[0] = again(subject, delivery, first));
                    return came[0];
                });
    }

    private static String again(Subject subject, Delivery delivery, Results first) {
        Answer answer = subject.send(delivery);
        if (answer.status() != 200) {
            subject.mustConflict(answer);
            return "409 with applied";
        }
        Results again = Results.of(answer, delivery);
        Deviation.unless(again.equals(first), "other results than at first");
        return "the same results";
    }

    private static Check overlap() {
        return new Check(
                "overlap",
                APPLY,
                "where only the end of a batch is new: a result for each command (or 409 with applied), the new ones"
                        + " applied once",
                "when an answer was lost the next delivery may begin before where the application stands",
                subject -> {
                    Delivery known = subject.next(2);
                    Results first = subject.deliver(known);
                    Delivery fresh = subject.next(2);
                    Answer answer = subject.send(known.and(fresh));
                    if (answer.status() == 409) {
                        subject.mustConflict(answer);
                        subject.mustStandAt(subject.position());
                        return "409 with applied";
                    }
                    Results all = subject.overlapped(known, fresh, answer);
                    Deviation.unless(
                            all.results().subList(0, 2).equals(first.results()),
                            "other results than at first for what was applied");
                    subject.mustStandAt(subject.position());
                    return "all results, applied " + fresh.lastIndex();
                });
    }

    private static Check replayed() {
        return new Check(
                "replay",
                APPLY,
                "200 for a delivery with replay true",
                "that flag only says that these commands are not new to the cluster",
                subject -> {
                    subject.deliver(subject.next(2).asReplay());
                    return "that";
                });
    }

    private static Check oldEpoch() {
        return new Check(
                "old-epoch",
                APPLY,
                "409 with applied, and nothing changed, for an epoch below one seen before",
                "a late call of an agent that was killed must not get in between those of its successor",
                subject -> {
                    subject.deliver(subject.next(1));
                    subject.unchangedBy(() -> subject.mustConflict(
                            subject.send(subject.next(1).withEpoch(subject.epoch() - 1))));
                    return "409 with applied";
                });
    }

    private static Check newEpoch() {
        return new Check(
                "new-epoch",
                APPLY,
                "200 for a higher epoch, and 409 for the one before from then on",
                "an agent that restarts has the next epoch",
                subject -> {
                    long before = subject.epoch();
                    subject.restartAgent();
                    subject.deliver(subject.next(1));
                    subject.mustConflict(subject.send(subject.next(1).withEpoch(before)));
                    subject.mustStandAt(subject.position());
                    return "that";
                });
    }

    private static Check unknownFields() {
        return new Check(
                "unknown-fields",
                APPLY,
                "200 with fields that this version does not have, in the batch and in its commands",
                "a newer agent may send more; who refuses that cannot be upgraded one by one",
                subject -> {
                    Delivery delivery = subject.next(1);
                    JsonObject json = delivery.toJson().put("x-unknown", new JsonObject().put("a", 1.5));
                    json.getJsonArray("commands").getJsonObject(0).put("x-unknown", true);
                    subject.delivered(
                            delivery,
                            subject.app().postJson("apply", json.encode().getBytes(StandardCharsets.UTF_8)));
                    return "that";
                });
    }

    private static Check senseless() {
        return new Check(
                "senseless-commands",
                APPLY,
                "200 with a code from 0 to 65535 for commands of no bytes, of every byte there is, of broken JSON",
                "refusing is a result; an application that fails on a committed command stands still with all that"
                        + " follows",
                subject -> {
                    byte[] every = new byte[256];
                    for (int i = 0; i < every.length; i++) {
                        every[i] = (byte) i;
                    }
                    List<byte[]> commands = List.of(
                            new byte[0],
                            every,
                            "{\"op\":".getBytes(StandardCharsets.UTF_8),
                            "[".repeat(10_000).getBytes(StandardCharsets.UTF_8),
                            "\u0000 \ud83d\ude00".getBytes(StandardCharsets.UTF_16));
                    Results results = subject.deliver(subject.next(commands, 1));
                    subject.mustStandAt(subject.position());
                    return "codes "
                            + results.results().stream()
                                    .map(Results.Result::code)
                                    .toList();
                });
    }

    private static Check manyCommands() {
        return new Check(
                "many-commands",
                APPLY,
                "200 with " + BATCH_COMMANDS_MAX + " results",
                "so many commands may come in one batch",
                subject -> {
                    subject.deliver(subject.next(BATCH_COMMANDS_MAX));
                    return "that";
                });
    }

    private static Check largeBatch() {
        return new Check(
                "large-batch",
                APPLY,
                "200 for a batch of 1 MiB in commands",
                "so much may come in one batch; a body limit below stops delivery for ever",
                subject -> {
                    int count = 512;
                    byte[] command = CommandSupply.bytes(new Random(2), BATCH_BYTES_MAX / count);
                    subject.deliver(subject.next(Collections.nCopies(count, command), 1));
                    return "that";
                });
    }

    private static Check largestCommand() {
        return new Check(
                "largest-command",
                APPLY,
                "200, with any code, for a command of the largest size (--max-command)",
                "a client may submit it (OUTRIGGER_MAX_COMMAND), and what is committed must be taken",
                subject -> {
                    byte[] command = CommandSupply.bytes(new Random(3), subject.commandBytesMax());
                    subject.deliver(subject.next(new ArrayList<>(List.of(command)), 1));
                    return "that, with " + command.length + " bytes";
                });
    }
}
