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
 * Why a provider's figures may be incomplete. The one home of that rule: while there is any doubt, good is not known to
 * be good; warning and critical hold, since use only grows.
 */
public enum Doubt {
    NO_EVENT("no event yet"),
    NO_EVENT_FOR_A_DAY("no event for a day"),
    LEDGER_NOT_WRITABLE("ledger not writable"),
    RELOAD_FAILED("configuration reload failed");

    /** After this long without an event, less may have been recorded than used. */
    private static final Duration STALE = Duration.ofDays(1);

    private final String reason;

    Doubt(String reason) {
        this.reason = reason;
    }

    /** In a few words, as JSON and text say it. */
    public String reason() {
        return reason;
    }

    /**
     * The doubts about a provider.
     *
     * @param now when its figures are read
     * @param at the instant that they are for, in which nothing that came later leaves a doubt
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
