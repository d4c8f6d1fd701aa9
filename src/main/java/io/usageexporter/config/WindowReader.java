package io.usageexporter.config;

import io.usageexporter.window.Window;
import io.usageexporter.window.WindowCalendar;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZoneId;

/** Reads when windows begin, of all providers or of one. */
final class WindowReader {
    private static final Duration MIN_SESSION = Duration.ofMinutes(1);
    private static final Duration MAX_SESSION = Duration.ofDays(7);

    private WindowReader() {}

    /**
     * Reads the key {@code windows}.
     *
     * @param defaults of all but the zone
     */
    static WindowCalendar read(ConfigSection parent, ZoneId zone, WindowCalendar defaults) {
        ConfigSection keys = parent.sub("windows");
        ConfigSection weekly = keys.sub(Window.WEEKLY.label());
        ConfigSection monthly = keys.sub(Window.MONTHLY.label());
        ConfigSection session = keys.sub(Window.SESSION.label());
        var calendar = new WindowCalendar(
                zone,
                weekly.choice("start_day", defaults.weekStart(), DayOfWeek.values()),
                monthly.wholeNumber(
                        "reset_day", defaults.resetDay(), WindowCalendar.MIN_RESET_DAY, WindowCalendar.MAX_RESET_DAY),
                session.duration("length", defaults.sessionLength(), MIN_SESSION, MAX_SESSION));
        weekly.rejectUnknownKeys();
        monthly.rejectUnknownKeys();
        session.rejectUnknownKeys();
        keys.rejectUnknownKeys();
        return calendar;
    }
}
