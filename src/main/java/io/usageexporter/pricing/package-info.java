/**
 * What usage costs: price rows with dates and sources, the price of a token or unit on a day, and exact sums of money.
 * Pure functions; what has no price is unpriced, never 0.
 */
@NullMarked
package io.usageexporter.pricing;

import org.jspecify.annotations.NullMarked;
