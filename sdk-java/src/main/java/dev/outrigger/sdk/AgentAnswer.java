package dev.outrigger.sdk;

/** What came back, whole. */
record AgentAnswer(int status, byte[] body) {}
