/** What a cluster endures: each scenario starts one, hurts it, and compares what clients were told with what is there. */
@NullMarked
package dev.outrigger.deploy.endurance;

import org.jspecify.annotations.NullMarked;
