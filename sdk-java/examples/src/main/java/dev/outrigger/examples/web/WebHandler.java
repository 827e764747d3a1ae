package dev.outrigger.examples.web;

import java.io.IOException;

/** Answers requests, many at once; may block. */
public interface WebHandler {
    WebAnswer handle(WebRequest request) throws IOException;
}
