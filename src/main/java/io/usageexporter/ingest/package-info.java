/** The edge: from the JSON that clients post to valid events, or to a complaint that names every fault. */
@NullMarked
package io.usageexporter.ingest;

import org.jspecify.annotations.NullMarked;
