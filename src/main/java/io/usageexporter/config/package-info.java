/** Reads YAML into one immutable, valid {@link Config}, or reports all errors with file, line and key. */
@NullMarked
package io.usageexporter.config;

import org.jspecify.annotations.NullMarked;
