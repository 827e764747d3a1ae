package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ReadGrant;
import java.util.Optional;

/** What stands above the core in one run of the agent's process. Told in the order in which it happens. */
public interface NodeFront {
    void receipt(ProposeReceipt receipt);

    void granted(ReadGrant grant);

    /** The deliverable index has risen, or a snapshot was installed. */
    void deliverable();

    void leadership(RoleName role, long term, Optional<MemberId> leader);

    /** Take a snapshot soon, whatever the schedule says. */
    void snapshotWanted();

    /** The process has ended: nothing more may be asked of its host. The application is another process and goes on. */
    void stopped();
}
