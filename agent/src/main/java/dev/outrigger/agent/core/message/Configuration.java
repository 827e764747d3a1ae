package dev.outrigger.agent.core.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Who belongs to the cluster (Paper §6). While {@code next} is empty the voters in {@code members} decide by majority.
 * Otherwise the configuration is joint (C<sub>old,new</sub>): majorities of the voters of both lists must agree.
 *
 * @param members the members, ordered by name; at least one votes
 * @param next the members to be, ordered by name, at least one of them voting; empty when no change is under way
 */
public record Configuration(List<Member> members, List<Member> next) {
    private static final String NEXT = "next";

    public Configuration {
        members = ordered(members);
        next = ordered(next);
        requireVoter(members);
        if (!next.isEmpty()) {
            requireVoter(next);
        }
    }

    /** What a member may do. */
    public enum Standing {
        /** Counts for majorities. */
        VOTER,
        /** Only receives the log (Diss. §4.2.1). */
        LEARNER,
        /** A learner that the leader makes a voter as soon as it has caught up. */
        JOINING;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * A member is a name and a disk: the same name with another disk has forgotten its votes and is somebody else.
     *
     * @param id its name
     * @param storageId identity of its disk; no white space
     * @param peer where other members reach it, {@code host:port}; no white space
     * @param standing what it may do
     */
    public record Member(MemberId id, String storageId, String peer, Standing standing) {
        public Member {
            requireWord(storageId);
            requireWord(peer);
        }

        public boolean votes() {
            return standing == Standing.VOTER;
        }

        public Member with(Standing other) {
            return new Member(id, storageId, peer, other);
        }

        private static void requireWord(String text) {
            if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ')) {
                throw new IllegalArgumentException("not a word: '" + text + "'");
            }
        }
    }

    /** A configuration of which nothing but the voters' names is known. */
    public static Configuration of(Collection<MemberId> voters) {
        return stable(voters.stream()
                .map(id -> new Member(id, id.name(), id.name(), Standing.VOTER))
                .toList());
    }

    public static Configuration stable(List<Member> members) {
        return new Configuration(members, List.of());
    }

    /** Whether a change of the voters is under way. */
    public boolean isJoint() {
        return !next.isEmpty();
    }

    /** What holds when the change under way is over; this very configuration when there is none. */
    public Configuration afterChange() {
        return isJoint() ? stable(next) : this;
    }

    public List<MemberId> voters() {
        return voters(members);
    }

    /** Voters of the configuration to be; empty when there is none. */
    public List<MemberId> nextVoters() {
        return voters(next);
    }

    /**
     * Everybody who gets the log, ordered by name. A member whose disk is being replaced is missing while the change is
     * under way: the old disk is gone and the new one is not a member yet.
     */
    public List<Member> everybody() {
        TreeSet<MemberId> names = new TreeSet<>();
        members.forEach(member -> names.add(member.id()));
        next.forEach(member -> names.add(member.id()));
        List<Member> everybody = new ArrayList<>();
        for (MemberId name : names) {
            find(name).ifPresent(everybody::add);
        }
        return everybody;
    }

    /** The member of this name, as it will be when a change is under way; empty while its disk is being replaced. */
    public Optional<Member> find(MemberId id) {
        Optional<Member> now = in(members, id);
        Optional<Member> then = in(next, id);
        if (now.isPresent() && then.isPresent()) {
            return then.filter(member -> member.storageId().equals(now.get().storageId()));
        }
        return then.isPresent() ? then : now;
    }

    public boolean contains(MemberId id) {
        return find(id).isPresent();
    }

    /** Whether this disk under this name belongs to the cluster: another disk is somebody else. */
    public boolean contains(MemberId id, String storageId) {
        return find(id).filter(member -> member.storageId().equals(storageId)).isPresent();
    }

    /** Whether this disk under this name counts for a majority, now or when the change under way is over. */
    public boolean isVoter(MemberId id, String storageId) {
        return contains(id, storageId) && isVoter(id);
    }

    /** Whether {@code id} counts for a majority, now or when the change under way is over. */
    public boolean isVoter(MemberId id) {
        return contains(id)
                && (in(members, id).filter(Member::votes).isPresent()
                        || in(next, id).filter(Member::votes).isPresent());
    }

    /** As the data of a log entry: UTF-8, a line for each member. */
    public Payload encode() {
        StringBuilder text = new StringBuilder();
        members.forEach(member -> line(text, member));
        if (isJoint()) {
            text.append(NEXT).append('\n');
            next.forEach(member -> line(text, member));
        }
        return Payload.of(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Reads what {@link #encode} wrote. Throws {@link IllegalArgumentException} when these bytes are nothing of the kind. */
    public static Configuration decode(Payload data) {
        List<Member> members = new ArrayList<>();
        List<Member> next = new ArrayList<>();
        List<Member> current = members;
        for (String line : new String(data.array(), StandardCharsets.UTF_8).split("\n")) {
            if (line.equals(NEXT)) {
                current = next;
            } else {
                current.add(member(line));
            }
        }
        return new Configuration(members, next);
    }

    private static void line(StringBuilder text, Member member) {
        text.append(member.standing().word()).append(' ');
        text.append(member.id()).append(' ').append(member.storageId());
        text.append(' ').append(member.peer()).append('\n');
    }

    private static Member member(String line) {
        String[] words = line.split(" ");
        for (Standing standing : Standing.values()) {
            if (words.length == 4 && words[0].equals(standing.word())) {
                return new Member(new MemberId(words[1]), words[2], words[3], standing);
            }
        }
        throw new IllegalArgumentException("not a member of a configuration: '" + line + "'");
    }

    private static Optional<Member> in(List<Member> list, MemberId id) {
        return list.stream().filter(member -> member.id().equals(id)).findFirst();
    }

    private static List<MemberId> voters(List<Member> list) {
        return list.stream().filter(Member::votes).map(Member::id).toList();
    }

    private static List<Member> ordered(List<Member> list) {
        List<Member> ordered = list.stream()
                .sorted((one, other) -> one.id().compareTo(other.id()))
                .toList();
        if (ordered.stream().map(Member::id).distinct().count() != ordered.size()) {
            throw new IllegalArgumentException("two members have the same name: " + list);
        }
        return ordered;
    }

    private static void requireVoter(List<Member> list) {
        if (list.stream().noneMatch(Member::votes)) {
            throw new IllegalArgumentException("nobody votes: " + list);
        }
    }
}
