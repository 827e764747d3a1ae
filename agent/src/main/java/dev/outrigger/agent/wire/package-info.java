/**
 * Bytes to values and back, for connections between agents. Knows no socket and no event loop; what a value means is not
 * its business, only that it has the promised form. Start with {@link dev.outrigger.agent.wire.FrameSplitter}, which
 * cuts a stream into frames, and {@link dev.outrigger.agent.wire.MessageCodec}.
 *
 * <p>Either side of a connection begins with a {@link dev.outrigger.agent.wire.Preamble}: {@code "OUTR"}, the lowest and
 * the highest protocol version it speaks, one byte each. Frames follow:
 *
 * <pre>
 * u32 length of what follows, at least 1
 * u8  tag: Message.Kind.tag() or LinkFrame.tag()
 * ... body
 * </pre>
 *
 * Numbers are big endian and of fixed width, a truth value is one byte 0 or 1, text is a u16 length and that many bytes
 * of UTF-8 without control characters, bytes are a u32 length and the bytes, a list is a u32 count and the elements. A
 * body has nothing after its last field: what changes within a protocol version is nothing at all, a new field is a new
 * version. Frames do not say who sent them or to whom, the greeting has.
 *
 * <p>Reading is strict and frugal: whatever bytes come, either the value they stand for is returned or a {@link
 * dev.outrigger.agent.wire.WireException} says what is wrong with them, and nothing is allocated on the mere promise of
 * bytes to come.
 *
 * <p>{@link dev.outrigger.agent.wire.FrameReader} and {@link dev.outrigger.agent.wire.FrameWriter} also serve the frames of
 * the application and of clients, which are described where they are put together.
 */
@NullMarked
package dev.outrigger.agent.wire;

import org.jspecify.annotations.NullMarked;
