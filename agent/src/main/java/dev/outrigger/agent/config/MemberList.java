package dev.outrigger.agent.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The first members, {@code a=host:7412,b=host:7412}, sorted by name so that the order in which they are written does not
 * matter.
 */
record MemberList(Given source, List<Settings.Member> members) {
    static MemberList parse(Given value) {
        List<Settings.Member> members = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<HostPort> addresses = new HashSet<>();
        for (String part : value.text().split(",", -1)) {
            Settings.Member member = member(value, part.strip());
            if (!names.add(member.name())) {
                throw value.refused("lists member '" + member.name() + "' twice");
            }
            if (!addresses.add(member.peer())) {
                throw value.refused("gives the address " + member.peer() + " to two members");
            }
            members.add(member);
        }
        members.sort(Comparator.comparing(Settings.Member::name));
        return new MemberList(value, List.copyOf(members));
    }

    /** Refuses a node that is not on the list. */
    void requireMember(Given node) {
        if (members.stream().noneMatch(member -> member.name().equals(node.text()))) {
            String names = members.stream().map(Settings.Member::name).collect(Collectors.joining(", "));
            throw new SettingsException(Setting.NODE.environmentName() + " (" + node.origin() + "): '" + node.text()
                    + "' is not among the members " + names + " (" + source.place() + "); set it to one of them");
        }
    }

    private static Settings.Member member(Given value, String part) {
        int equals = part.indexOf('=');
        String name = equals < 0 ? "" : part.substring(0, equals).strip();
        Optional<HostPort> peer = HostPort.parse(part.substring(equals + 1).strip());
        if (!Names.valid(name) || peer.isEmpty() || peer.get().port() == 0) {
            throw value.refused("has the entry '" + part + "', which is not name=host:port");
        }
        return new Settings.Member(name, peer.get());
    }
}
