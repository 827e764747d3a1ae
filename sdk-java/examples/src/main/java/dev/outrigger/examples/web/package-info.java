/** What the web faces of the examples share: routing, guards, and how a command's failure is told. */
@NullMarked
package dev.outrigger.examples.web;

import org.jspecify.annotations.NullMarked;
