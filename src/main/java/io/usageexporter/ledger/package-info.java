/**
 * The durable store of events and the totals derived from them, in one SQLite file. The only package that knows SQL.
 */
@NullMarked
package io.usageexporter.ledger;

import org.jspecify.annotations.NullMarked;
