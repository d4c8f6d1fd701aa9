/** Shared by tests: a settable clock, an exporter in this process, the real jar in another, and real tools. */
@NullMarked
package io.usageexporter.testing;

import org.jspecify.annotations.NullMarked;
