package io.usageexporter.totals;

import io.usageexporter.window.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;

/**
 * The part of an hour or a session on one date, since prices hold by the day.
 *
 * @param window an hour or a session
 * @param startsAt when the window starts, whichever part of it this is
 * @param date in the provider's time zone
 */
public record WindowPart(String provider, Window window, Instant startsAt, LocalDate date)
        implements Comparable<WindowPart> {
    private static final Comparator<WindowPart> ORDER = Comparator.comparing(WindowPart::provider)
            .thenComparing(WindowPart::window)
            .thenComparing(WindowPart::startsAt)
            .thenComparing(WindowPart::date);

    @Override
    public int compareTo(WindowPart other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return provider + " " + window.label() + " from " + startsAt + " on " + date;
    }
}
