/**
 * Running totals: what a group of events adds to them, and immutable snapshots for readers. Pure memory; the ledger
 * stores the same numbers in the same transaction as the events.
 */
@NullMarked
package io.usageexporter.totals;

import org.jspecify.annotations.NullMarked;
