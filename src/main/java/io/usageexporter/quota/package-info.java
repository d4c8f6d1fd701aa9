/** Limits, windows, status and forecasts: pure functions of totals, limits and an instant. */
@NullMarked
package io.usageexporter.quota;

import org.jspecify.annotations.NullMarked;
