package io.usageexporter.ledger;

import io.usageexporter.event.Measure;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.WindowPart;
import io.usageexporter.window.Window;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/** Reads a ledger, even while exporters write it. Thread-safe. */
public interface LedgerReader extends AutoCloseable {
    /** The totals of all events, with the days from a date on, and the hours and sessions from an instant on. */
    Snapshot snapshot(LocalDate daysFrom, Instant windowsFrom) throws LedgerException;

    /** The days from a date to before another. */
    Map<Day, Map<Series, BigDecimal>> days(LocalDate from, LocalDate until) throws LedgerException;

    /** The hours from one to before another. */
    Map<Hour, Map<Measure, HourTotal>> hours(long from, long until) throws LedgerException;

    /** The hours or sessions of a provider that start after one instant and before another. */
    Map<WindowPart, Map<Series, BigDecimal>> windows(String provider, Window window, Instant after, Instant until)
            throws LedgerException;

    /**
     * Events in the order of recording.
     *
     * @param next from where to go on; 0 at the end
     */
    record Page(List<WholeEvent> events, long next) {}

    /**
     * The events from a number on, a part of them at a time, so that a slow caller does not hold up the log.
     *
     * @param from 1 for all
     */
    Page page(long from) throws LedgerException;

    /** The number of the newest event of this id, found by reading all events; 0 if there is none. */
    long newestWithId(String id) throws LedgerException;

    /** Everything that was ever counted, of whichever provider. */
    SortedSet<Measure> measures() throws LedgerException;

    /** The ids of exported events that have none of their own. */
    ExportedId exportedIds() throws LedgerException;

    /**
     * The result of {@link #verify}.
     *
     * @param events the number of events read
     * @param differences one line for each total that differs from the events
     */
    record Verification(long events, List<String> differences) {}

    /** Verifies everything that is stored, in one consistent view of the ledger. */
    Verification verify() throws LedgerException;

    /** Whether the file is still where it was opened: neither moved, deleted nor replaced. */
    boolean isInPlace();

    /** The size of the ledger on disk. */
    long sizeBytes() throws IOException;

    /** The free space where the ledger is. */
    long freeBytes() throws IOException;

    @Override
    void close() throws LedgerException;
}
