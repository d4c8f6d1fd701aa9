/** Limits, windows and status: pure functions from totals, limits and an instant to what is used and left. */
@NullMarked
package io.usageexporter.quota;

import org.jspecify.annotations.NullMarked;
