/**
 * The storage port on Chronicle Queue, and the small files beside the log.
 *
 * <p>The queue can only append, and neither forces nor checks what it holds; what makes it a log to rely on is here. Our
 * own reader goes through every byte before the queue may open it ({@link
 * dev.outrigger.agent.storage.chronicle.LogScan}), our own channel forces what was appended ({@link
 * dev.outrigger.agent.storage.chronicle.LogWriter}), a torn tail is cut off in its place, or left behind by
 * writing the log anew ({@link dev.outrigger.agent.storage.chronicle.LogRewrite}), and every start and every roll begins a new file, so that nothing
 * is ever appended behind bytes that cannot be read. Knows nothing of consensus. Start with {@link
 * dev.outrigger.agent.storage.chronicle.ChronicleStorage}.
 *
 * <pre>
 * LOCK        held for life by the process that uses the directory
 * identity    storage id, node and cluster name; written last when the directory is formatted
 * cluster     the cluster this disk belongs to, once it is formed
 * hardstate   term, vote, number of starts, durable floor
 * spare       space for a small file on a full disk
 * CURRENT     which log directory counts, and from which segment on
 * snap/       snapshots, a file each; sessions: those of clients, as of some index
 * log-&lt;n&gt;/    one queue; one file for each segment, and the one that comes next, laid out
 * </pre>
 */
@NullMarked
package dev.outrigger.agent.storage.chronicle;

import org.jspecify.annotations.NullMarked;
