package dev.outrigger.sdk;

/** A state that can write itself down, and where exactly it stands. */
record Capture(StateWriter state, Position position) {}
