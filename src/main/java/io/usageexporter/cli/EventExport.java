package io.usageexporter.cli;

import io.usageexporter.config.Config;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.ExportedId;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.ledger.WholeEvent;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.render.EventCsvView;
import io.usageexporter.render.EventLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of a ledger, one a line.
 *
 * @param from the first day in the provider's zone; null for the oldest
 * @param to the last day; null for the newest
 */
record EventExport(
        Config config,
        LedgerAddress ledger,
        @Nullable LocalDate from,
        @Nullable LocalDate to) {
    private interface Line {
        void write(WholeEvent event, UsageEvent exported) throws IOException;
    }

    void write(boolean asCsv, PrintWriter out) throws LedgerException, IOException {
        try (LedgerReader reader = ledger.read()) {
            if (asCsv) {
                try (var csv = new EventCsvView(out, reader.measures())) {
                    write(reader, out, (event, exported) -> csv.write(event.first(), exported));
                }
            } else {
                try (var lines = new EventLines(out)) {
                    write(reader, out, (event, exported) -> lines.write(exported, counted(exported.provider())));
                }
            }
        }
    }

    /** Ends early when the output is closed. */
    private void write(LedgerReader reader, PrintWriter out, Line line) throws LedgerException, IOException {
        ExportedId ids = reader.exportedIds();
        long next = 1;
        while (next > 0 && !out.checkError()) {
            LedgerReader.Page page = reader.page(next);
            for (WholeEvent event : page.events()) {
                if (isWanted(event)) {
                    line.write(event, event.exported(ids));
                }
            }
            next = page.next();
        }
    }

    private boolean isWanted(WholeEvent event) {
        if (from == null && to == null) {
            return true;
        }
        ProviderConfig provider = config.providers().get(event.first().event().provider());
        LocalDate date = LocalDate.ofInstant(event.first().at(), provider == null ? ZoneOffset.UTC : provider.zone());
        return (from == null || !date.isBefore(from)) && (to == null || !date.isAfter(to));
    }

    private Set<String> counted(String name) {
        ProviderConfig provider = config.providers().get(name);
        return provider == null ? Set.of() : provider.resources();
    }
}
