package io.usageexporter;

import io.usageexporter.config.Config;
import io.usageexporter.http.ReportSource;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.report.Report;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.Totals;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.function.Supplier;

/** Makes reports: from memory, and for windows long past with the ledger's days. */
record Reports(Supplier<Config> config, Totals totals, LedgerReader ledger, InstantSource clock)
        implements ReportSource {
    @Override
    public Report now() {
        Instant now = clock.instant();
        return report(config.get(), totals.snapshot(), now, now);
    }

    @Override
    public Report at(Instant at) throws LedgerException {
        Config current = config.get();
        Snapshot snapshot = totals.snapshot();
        LocalDate from = Report.firstDay(current.providers().values(), at);
        if (from.isBefore(snapshot.daysFrom())) {
            LocalDate until = from.plusMonths(3);
            snapshot = snapshot.with(
                    ledger.days(from, until), ledger.hours(from.toEpochDay() * 24 - 24, until.toEpochDay() * 24), from);
        }
        return report(current, snapshot, clock.instant(), at);
    }

    private static Report report(Config config, Snapshot snapshot, Instant now, Instant at) {
        return Report.of(config.thresholds(), config.providers().values(), snapshot, now, at);
    }
}
