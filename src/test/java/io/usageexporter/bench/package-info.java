/** What the exporter costs, as ratios to something simple that is measured in the same run. See {@code Benchmarks}. */
@NullMarked
package io.usageexporter.bench;

import org.jspecify.annotations.NullMarked;
