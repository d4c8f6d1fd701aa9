package io.usageexporter.recording;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.pricing.LongPromptRules;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.recording.UndoResult.Settled;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.PricingRules;
import io.usageexporter.totals.Recount;
import io.usageexporter.totals.Repricing;
import io.usageexporter.totals.SeriesBound;
import io.usageexporter.totals.Totals;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes to the ledger and makes the same changes to the totals in memory, once they are on disk, and those that other
 * exporters make to a shared ledger. Not thread-safe.
 */
record LedgerWriter(Ledger ledger, Totals totals, Map<String, ProviderConfig> configured) implements Ledger.Follower {
    private static final Logger LOG = System.getLogger(LedgerWriter.class.getName());

    LedgerWriter(Ledger ledger, Totals totals) {
        this(ledger, totals, new HashMap<>());
    }

    /** Runs a unit, in which totals are those of the ledger. */
    <T> T inUnit(Ledger.Unit<T> unit) throws LedgerException {
        return ledger.inUnit(this, unit);
    }

    /** Makes the changes that other exporters have made. */
    void follow(Instant now) throws LedgerException {
        ledger.follow(this);
        forgetBefore(now);
    }

    @Override
    public void changed(Totals.Change change, long lastNumber) throws LedgerException {
        Instant oldest = change.sums().hours().keySet().stream()
                .map(Hour::start)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
        if (oldest.isBefore(Instant.MAX)) {
            restoreDaysFrom(Totals.firstDayNeeded(oldest));
        }
        boolean isOtherZone = change.zones().entrySet().stream()
                .anyMatch(zone -> !zone.getValue().equals(totals.zone(zone.getKey())));
        totals.follow(change, lastNumber + 1);
        if (isOtherZone) {
            warnOfOtherConfiguration();
        }
    }

    @Override
    public void startsChanged() throws LedgerException {
        totals.replaceStarts(ledger.readFirstDays(), ledger.readSessions(totals.daysFrom()));
    }

    @Override
    public void replaced() throws LedgerException {
        totals.restore(ledger.readTotals(totals.daysFrom(), totals.windowsFrom()), ledger.lastNumber() + 1);
        warnOfOtherConfiguration();
    }

    private void warnOfOtherConfiguration() {
        for (ProviderConfig provider : configured.values()) {
            if (!provider.zone().equals(totals.zone(provider.name()))
                    || !provider.countedWindows().equals(totals.counted(provider.name()))) {
                LOG.log(
                        Level.WARNING,
                        "another exporter counts the days of {0} in {1}, or in other windows than this one: give all"
                                + " exporters that share the ledger the same configuration",
                        provider.name(),
                        totals.zone(provider.name()));
            }
        }
    }

    /** Stores numbered events with what they change. In a unit. */
    void append(List<RecordedEvent> events, List<Repricing> repricings, Instant now) throws LedgerException {
        restoreDaysOf(events, now);
        Totals.Change change = totals.plan(events, repricings);
        ledger.append(events, change);
        totals.apply(change);
        forgetBefore(now);
    }

    /**
     * Undoes an event.
     *
     * @param number of the event
     */
    UndoResult undo(long number, Instant now) throws LedgerException {
        return inUnit(() -> undoInUnit(number, now));
    }

    private UndoResult undoInUnit(long number, Instant now) throws LedgerException {
        List<RecordedEvent> rows = ledger.find(number);
        if (rows.isEmpty()) {
            return Settled.UNKNOWN;
        }
        if (ledger.isUndone(number)) {
            return Settled.UNDONE_BEFORE;
        }
        restoreDaysOf(rows, now);
        Totals.Change change = totals.planUndo(rows);
        ledger.undo(number, now, change);
        totals.apply(change);
        startsChanged();
        forgetBefore(now);
        return Settled.UNDONE;
    }

    /** Prunes some of the events that were recorded before an instant, and says whether there may be more. */
    boolean prune(Instant before) throws LedgerException {
        return inUnit(() -> ledger.prune(before, totals.recount()));
    }

    private void forgetBefore(Instant now) {
        totals.forgetDaysBefore(Totals.firstDayKept(now));
        totals.forgetWindowsBefore(Totals.windowsKeptFrom(now));
    }

    /** Days before those kept are needed where the clock was set back or an old event is amended, imported or undone. */
    private void restoreDaysOf(List<RecordedEvent> events, Instant now) throws LedgerException {
        LocalDate keep = Totals.firstDayKept(now);
        Instant oldest = events.stream().map(RecordedEvent::at).reduce(now, (a, b) -> a.isBefore(b) ? a : b);
        LocalDate needed = Totals.firstDayNeeded(oldest);
        restoreDaysFrom(needed.isBefore(keep) ? needed : keep);
    }

    private void restoreDaysFrom(LocalDate from) throws LedgerException {
        LocalDate until = totals.daysFrom();
        if (from.isBefore(until)) {
            totals.restoreDays(
                    ledger.readDays(from, until),
                    ledger.readHours(Totals.firstHourKept(from), Totals.firstHourKept(until)),
                    ledger.readSessions(from),
                    from);
        }
    }

    /**
     * Applies a configuration. Where a provider's zone, its hours or sessions, or the lengths of its long prompts change,
     * all its events are recounted.
     */
    void configure(Collection<ProviderConfig> providers, PriceTable prices) throws LedgerException {
        configured.clear();
        for (ProviderConfig provider : providers) {
            inUnit(() -> {
                configure(provider, prices);
                return configured.put(provider.name(), provider);
            });
        }
    }

    private void configure(ProviderConfig provider, PriceTable prices) throws LedgerException {
        String name = provider.name();
        ZoneId before = totals.zone(name);
        CountedWindows counted = provider.countedWindows();
        LongPromptRules longPrompts = prices.longPromptRules(name);
        boolean isMoved = before != null && !before.equals(provider.zone());
        boolean areOthersLong = !longPrompts.equals(totals.longPrompts(name));
        boolean isPricedOtherwise = areOthersLong && !isMoved && isPricedOtherwise(name, provider.zone(), longPrompts);
        if (isMoved) {
            LOG.log(Level.INFO, "recounting the days of {0} in {1} instead of {2}", name, provider.zone(), before);
        } else if (isPricedOtherwise) {
            LOG.log(Level.INFO, "recounting the days of {0} by other lengths of long prompts", name);
        }
        if (isMoved || isPricedOtherwise || !counted.equals(totals.counted(name))) {
            recount(name, provider.zone(), counted, longPrompts);
        } else if (areOthersLong) {
            ledger.setLongPrompts(name, longPrompts);
            totals.setLongPrompts(name, longPrompts);
        }
        totals.configure(
                name,
                provider.zone(),
                provider.categories(),
                provider.consumers().keySet(),
                new SeriesBound(provider.maxSeries(), provider.measures()),
                ledger.lastNumber() + 1);
    }

    /** Whether events so far count at another price, since other prompts are long. */
    private boolean isPricedOtherwise(String provider, ZoneId zone, LongPromptRules longPrompts)
            throws LedgerException {
        var after = new PricingRules(Map.of(provider, zone), Map.of(provider, longPrompts));
        return ledger.isPricedOtherwise(provider, totals.pricing(), after);
    }

    private void recount(String provider, ZoneId zone, CountedWindows counted, LongPromptRules longPrompts)
            throws LedgerException {
        var rules = new PricingRules(Map.of(provider, zone), Map.of(provider, longPrompts));
        Recount recount = totals.recount(rules, counted).without(ledger.readUndone());
        ledger.recount(provider, zone, counted, longPrompts, recount);
        totals.replace(
                provider,
                longPrompts,
                recount.sums().days(),
                counted,
                ledger.readWindows(provider, totals.windowsFrom()),
                ledger.readSessions(totals.daysFrom()).getOrDefault(provider, List.of()));
    }
}
