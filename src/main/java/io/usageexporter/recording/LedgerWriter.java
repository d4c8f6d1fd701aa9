package io.usageexporter.recording;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.totals.Aggregates;
import io.usageexporter.totals.SeriesBound;
import io.usageexporter.totals.Totals;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;

/** Writes to the ledger and makes the same changes to the totals in memory, once they are on disk. Not thread-safe. */
record LedgerWriter(Ledger ledger, Totals totals) {
    private static final Logger LOG = System.getLogger(LedgerWriter.class.getName());

    /** Stores numbered events with what they change. */
    void append(List<RecordedEvent> events, Instant now) throws LedgerException {
        LocalDate keep = Totals.firstDayKept(now);
        Instant oldest = events.stream().map(RecordedEvent::at).reduce(now, (a, b) -> a.isBefore(b) ? a : b);
        LocalDate needed = Totals.firstDayNeeded(oldest);
        // Days before those kept are needed where the clock was set back or an old event is amended.
        restoreDaysFrom(needed.isBefore(keep) ? needed : keep);
        Totals.Change change = totals.plan(events);
        ledger.append(events, change);
        totals.apply(change);
        totals.forgetDaysBefore(keep);
    }

    private void restoreDaysFrom(LocalDate from) throws LedgerException {
        LocalDate until = totals.daysFrom();
        if (from.isBefore(until)) {
            totals.restoreDays(
                    ledger.readDays(from, until),
                    ledger.readHours(Totals.firstHourKept(from), Totals.firstHourKept(until)),
                    from);
        }
    }

    /** Applies a configuration. Where a provider's zone changes, its days are recounted from all its events. */
    void configure(Collection<ProviderConfig> providers) throws LedgerException {
        for (ProviderConfig provider : providers) {
            ZoneId before = totals.zone(provider.name());
            if (before != null && !before.equals(provider.zone())) {
                LOG.log(
                        Level.INFO,
                        "recounting the days of {0} in {1} instead of {2}",
                        provider.name(),
                        provider.zone(),
                        before);
                recountDays(provider.name(), provider.zone());
            }
            totals.configure(
                    provider.name(),
                    provider.zone(),
                    provider.categories(),
                    provider.consumers().keySet(),
                    new SeriesBound(provider.maxSeries(), provider.measures()),
                    ledger.lastNumber() + 1);
        }
    }

    private void recountDays(String provider, ZoneId zone) throws LedgerException {
        var recounted = new Aggregates();
        ledger.forEachEvent(provider, event -> totals.addTo(recounted, event, zone));
        ledger.replaceDays(provider, zone, recounted.days());
        totals.replaceDays(provider, recounted.days());
    }
}
