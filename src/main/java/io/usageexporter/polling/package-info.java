/**
 * Asks providers what was used: polls their usage APIs, and follows runs until their figures are final. What it learns
 * goes to the recorder, or is set beside the ledger's own sums.
 */
@NullMarked
package io.usageexporter.polling;

import org.jspecify.annotations.NullMarked;
