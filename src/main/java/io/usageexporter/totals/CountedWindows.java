package io.usageexporter.totals;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.window.Window;
import io.usageexporter.window.WindowCalendar;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which windows of a provider are counted besides its days, of which all other windows are made.
 *
 * @param hours whether the hours of the local clock are
 * @param sessionLength how long a session lasts; null if sessions are not counted
 */
public record CountedWindows(boolean hours, @Nullable Duration sessionLength) {
    /** Nothing but days. */
    public static final CountedWindows NONE = new CountedWindows(false, null);

    private static final Duration HOUR = Duration.ofHours(1);

    /** Whether the usage in such a window is known. */
    public boolean contains(Window window) {
        return window.isOfDays() || longest(window) != null;
    }

    /** How long an hour or a session lasts at most; null if they are not counted. */
    public @Nullable Duration longest(Window window) {
        return switch (window) {
            case HOURLY -> hours ? HOUR : null;
            case SESSION -> sessionLength;
            case DAILY, WEEKLY, MONTHLY -> null;
        };
    }

    /** The parts of hours and sessions that an event counts in; opens a session where none contains it. */
    List<WindowPart> partsOf(RecordedEvent recorded, ZoneId zone, Sessions sessions) {
        if (recorded.event().usage().isEmpty()) {
            return List.of();
        }
        String provider = recorded.event().provider();
        Instant at = recorded.at();
        LocalDate date = LocalDate.ofInstant(at, zone);
        var parts = new ArrayList<WindowPart>(2);
        if (hours) {
            Instant start =
                    WindowCalendar.of(zone, 1).containing(Window.HOURLY, at).startsAt();
            parts.add(new WindowPart(provider, Window.HOURLY, start, date));
        }
        if (sessionLength != null) {
            parts.add(new WindowPart(provider, Window.SESSION, sessions.findOrOpen(provider, at, sessionLength), date));
        }
        return parts;
    }
}
