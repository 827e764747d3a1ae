/**
 * A cluster of real processes on this machine, for end-to-end tests and the load tool. Knows agents and applications only
 * as a user does: by their command lines and over HTTP. Start with {@link dev.outrigger.deploy.LocalCluster}.
 */
@NullMarked
package dev.outrigger.deploy;

import org.jspecify.annotations.NullMarked;
