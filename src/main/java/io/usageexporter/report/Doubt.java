package io.usageexporter.report;

import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.totals.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Why a provider's figures may be incomplete. While there is any doubt, a good status is unknown; warning and critical
 * still hold, since usage only grows.
 */
public enum Doubt {
    NO_EVENT("no event yet"),
    NO_EVENT_FOR_A_DAY("no event for a day"),
    LEDGER_NOT_WRITABLE("ledger not writable"),
    RELOAD_FAILED("configuration reload failed");

    /** After this time without an event, usage may have gone unrecorded. */
    private static final Duration STALE = Duration.ofDays(1);

    private final String reason;

    Doubt(String reason) {
        this.reason = reason;
    }

    /** A few words for JSON and text. */
    public String reason() {
        return reason;
    }

    /**
     * The doubts about a provider.
     *
     * @param now the current instant
     * @param at the instant of the report; later events are not considered
     */
    static Set<Doubt> of(ProviderConfig provider, Snapshot totals, Health health, Instant now, Instant at) {
        var doubts = EnumSet.noneOf(Doubt.class);
        Instant asOf = at.isBefore(now) ? at : now;
        Instant last = totals.lastEvent().get(provider.name());
        if (last == null || isBeforeFirstDay(provider, totals, asOf)) {
            doubts.add(NO_EVENT);
        } else if (Duration.between(last, asOf).compareTo(STALE) > 0) {
            doubts.add(NO_EVENT_FOR_A_DAY);
        }
        if (!health.ledgerWritable()) {
            doubts.add(LEDGER_NOT_WRITABLE);
        }
        if (!health.configurationCurrent()) {
            doubts.add(RELOAD_FAILED);
        }
        return Collections.unmodifiableSet(doubts);
    }

    private static boolean isBeforeFirstDay(ProviderConfig provider, Snapshot totals, Instant at) {
        LocalDate first = totals.firstDays().get(provider.name());
        return first != null && LocalDate.ofInstant(at, provider.zone()).isBefore(first);
    }
}
