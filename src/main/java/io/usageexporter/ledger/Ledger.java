package io.usageexporter.ledger;

import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.pricing.LongPromptRules;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.PricingRules;
import io.usageexporter.totals.Recount;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.StoredTotals;
import io.usageexporter.totals.Totals;
import io.usageexporter.totals.WindowPart;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ledger as an exporter writes it. Not thread-safe.
 */
public interface Ledger extends AutoCloseable {
    /** Receives what other exporters commit to a ledger that is shared, in the order of the commits. */
    interface Follower {
        /**
         * New sums.
         *
         * @param lastNumber of the newest event after them
         */
        void changed(Totals.Change change, long lastNumber) throws LedgerException;

        /** An event was undone, so that usage may have begun later. */
        void startsChanged() throws LedgerException;

        /** All totals are to be read again. */
        void replaced() throws LedgerException;
    }

    /** The body of a unit. */
    interface Unit<T> {
        T run() throws LedgerException;
    }

    /**
     * Runs a unit, in which nothing else is committed: what it reads stays true until its one write, which commits, or until
     * its end. Every write that changes events or totals belongs into one.
     *
     * @param follower has everything that was committed before the unit begins
     */
    default <T> T inUnit(Follower follower, Unit<T> unit) throws LedgerException {
        return unit.run();
    }

    /** Passes on what others committed since the last look; returns at once if the ledger is not shared. */
    default void follow(Follower follower) throws LedgerException {}

    /** Whether other exporters may write it, too. */
    default boolean isShared() {
        return false;
    }

    /** Looks up ids together that are about to be looked for in this unit, where one at a time would take long. */
    default void prefetch(Collection<String> ids, Instant now) throws LedgerException {}

    /** Says whether this exporter does what only one of all may do; to be started by an exporter that is ready to do it. */
    default Lease lease() {
        return Lease.OWN;
    }

    /** A reader for this process. To be closed before the ledger. */
    LedgerReader reader() throws LedgerException;

    /** The random id that the ledger was created with. */
    String id() throws LedgerException;

    /** The number of the newest event; 0 if there is none. */
    long lastNumber();

    /** The totals of all events, with the days from a date on, and the hours and sessions from an instant on. */
    StoredTotals readTotals(LocalDate daysFrom, Instant windowsFrom) throws LedgerException;

    /** The days from a date to before another. */
    Map<Day, Map<Series, BigDecimal>> readDays(LocalDate from, LocalDate until) throws LedgerException;

    /** The hours from one to before another. */
    Map<Hour, Map<Measure, HourTotal>> readHours(long from, long until) throws LedgerException;

    /** The hours and sessions of a provider that may contain an instant or later ones. */
    Map<WindowPart, Map<Series, BigDecimal>> readWindows(String provider, Instant from) throws LedgerException;

    /** When the sessions of each provider began, from a date on. */
    Map<String, List<Instant>> readSessions(LocalDate from) throws LedgerException;

    /**
     * The event recorded under this id and its amendments, in the order of recording; empty if there is none. Reliable
     * for as long as the event may be repeated.
     */
    List<RecordedEvent> find(String id) throws LedgerException;

    /**
     * Which of these events the ledger holds, by id, with their amendments, however long ago they were recorded; also those
     * that it has exported under ids that it made.
     */
    Map<String, List<RecordedEvent>> findOfAnyAge(Collection<UsageEvent> wanted, Instant now) throws LedgerException;

    /** The state of a provider's integration, by key. */
    Map<String, String> readState(String provider) throws LedgerException;

    /** Stores a value in the state of a provider's integration, unless its key has one already. */
    void putStateIfAbsent(String provider, String key, String value) throws LedgerException;

    /** Stores a value in the state of a provider's integration, in place of an earlier one. */
    void putState(String provider, String key, String value) throws LedgerException;

    /** Removes a key from the state of a provider's integration. */
    void removeState(String provider, String key) throws LedgerException;

    /**
     * Stores events together with the totals that they change. When this returns, both are on disk; when it throws,
     * neither is.
     *
     * @param added numbered from {@link #lastNumber()} + 1
     */
    void append(List<RecordedEvent> added, Totals.Change change) throws LedgerException;

    /**
     * Replaces all days, hours and sessions of a provider by those in another zone, with other windows or by other rules.
     *
     * @param recount receives all its events
     */
    void recount(String provider, ZoneId zone, CountedWindows counted, LongPromptRules rules, Recount recount)
            throws LedgerException;

    /** The event that is exported under this id, since it has none, with its amendments; empty if there is none. */
    List<RecordedEvent> findExported(String id) throws LedgerException;

    /** The event of this number with its amendments; empty if there is none. */
    List<RecordedEvent> find(long number) throws LedgerException;

    /** Whether the event of this number was undone. */
    boolean isUndone(long number) throws LedgerException;

    /** The numbers of all events that were undone. */
    Set<Long> readUndone() throws LedgerException;

    /** The first day with usage of each provider. */
    Map<String, LocalDate> readFirstDays() throws LedgerException;

    /** Stores that an event was undone, together with the totals that this changes. */
    void undo(long number, Instant now, Totals.Change change) throws LedgerException;

    /**
     * Turns some of the oldest events into an opening balance, on which totals go on.
     *
     * @param before the instant before which they were recorded
     * @param recount of nothing yet
     * @return whether there may be more of them
     */
    boolean prune(Instant before, Recount recount) throws LedgerException;

    /** The newest usage that was pruned; null if none was. */
    @Nullable
    Instant newestPruned() throws LedgerException;

    /** Whether any event of a provider counts at another price by other rules. */
    boolean isPricedOtherwise(String provider, PricingRules before, PricingRules after) throws LedgerException;

    /** Stores which prompts of a provider count as long, where that changes no day. */
    void setLongPrompts(String provider, LongPromptRules rules) throws LedgerException;

    /** Checks with a small commit that the ledger is writable. */
    void probe(Instant now) throws LedgerException;

    /**
     * Releases the ledger.
     *
     * @throws LedgerException also when something of it may be lost
     */
    @Override
    void close() throws LedgerException;
}
