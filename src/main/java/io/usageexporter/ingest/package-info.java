/** Reads the JSON that clients post into valid events, or reports every invalid one. */
@NullMarked
package io.usageexporter.ingest;

import org.jspecify.annotations.NullMarked;
