package io.usageexporter.http;

import io.usageexporter.report.History;
import io.usageexporter.report.HistoryQuery;
import io.usageexporter.report.Report;
import java.time.Instant;

/** Where reports come from. */
public interface ReportSource {
    /** The report of now; from memory. */
    Report now();

    /**
     * The report of the windows that contain an instant; may read the ledger.
     *
     * @throws Exception when the ledger cannot be read
     */
    Report at(Instant instant) throws Exception;

    /**
     * The windows that a query asks for; may read the ledger.
     *
     * @throws Exception when the ledger cannot be read
     */
    History history(HistoryQuery query) throws Exception;
}
