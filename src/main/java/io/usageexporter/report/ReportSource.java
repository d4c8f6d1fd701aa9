package io.usageexporter.report;

import io.usageexporter.ledger.LedgerException;
import java.time.Instant;

/** Makes reports. Thread-safe. */
public interface ReportSource {
    /** The report of now; from memory. */
    Report now();

    /**
     * The report of the windows that contain an instant; may read the ledger.
     *
     * @throws LedgerException when the ledger cannot be read
     */
    Report at(Instant instant) throws LedgerException;

    /**
     * The windows that a query asks for; may read the ledger.
     *
     * @throws LedgerException when the ledger cannot be read
     */
    History history(HistoryQuery query) throws LedgerException;
}
