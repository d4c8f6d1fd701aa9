/** The cost of the exporter, relative to simple references measured in the same run. See {@code Benchmarks}. */
@NullMarked
package io.usageexporter.bench;

import org.jspecify.annotations.NullMarked;
