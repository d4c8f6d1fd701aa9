package io.usageexporter;

import io.usageexporter.window.Window;
import io.usageexporter.window.WindowCalendar;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is used in which window, the slow and plain way: from a list of all usage in the order of recording. */
final class WindowModel {
    private final List<Used> all = new ArrayList<>();

    /** Usage of a category. */
    record Used(Instant at, String category, long units) {}

    /**
     * What is used in a window.
     *
     * @param resetsAt null for a day, week or month, of which other tests know the end, and if no session is running
     */
    record Expected(List<Used> used, @Nullable Instant resetsAt) {
        long units() {
            return used.stream().mapToLong(Used::units).sum();
        }

        long units(String category) {
            return used.stream()
                    .filter(each -> each.category().equals(category))
                    .mapToLong(Used::units)
                    .sum();
        }
    }

    void add(Used used) {
        all.add(used);
    }

    List<Used> all() {
        return all;
    }

    /** What is used in the window that contains an instant. */
    Expected at(Window window, WindowCalendar calendar, Instant instant) {
        ZoneId zone = calendar.zone();
        LocalDate day = LocalDate.ofInstant(instant, zone);
        return switch (window) {
            case DAILY -> where(used -> LocalDate.ofInstant(used.at(), zone).equals(day), null);
            case WEEKLY -> {
                LocalDate monday = day;
                while (monday.getDayOfWeek() != calendar.weekStart()) {
                    monday = monday.minusDays(1);
                }
                LocalDate from = monday;
                yield where(
                        used -> {
                            LocalDate date = LocalDate.ofInstant(used.at(), zone);
                            return !date.isBefore(from) && date.isBefore(from.plusDays(7));
                        },
                        null);
            }
            case MONTHLY ->
                where(
                        used -> {
                            LocalDate date = LocalDate.ofInstant(used.at(), zone);
                            return date.getYear() == day.getYear() && date.getMonth() == day.getMonth();
                        },
                        null);
            case HOURLY -> hour(instant, zone);
            case SESSION -> session(instant, calendar);
        };
    }

    private Expected where(Predicate<Used> inWindow, @Nullable Instant resetsAt) {
        return new Expected(all.stream().filter(inWindow).toList(), resetsAt);
    }

    /** While the clock shows the same hour at the same offset, both of which change at a full minute. */
    private Expected hour(Instant instant, ZoneId zone) {
        String shown = hourShown(instant, zone);
        Instant end = instant;
        while (hourShown(end, zone).equals(shown)) {
            end = end.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
        }
        return where(used -> hourShown(used.at(), zone).equals(shown), end);
    }

    private static String hourShown(Instant instant, ZoneId zone) {
        var time = instant.atZone(zone);
        return time.toLocalDate() + " " + time.getHour() + " " + time.getOffset();
    }

    private static final class Session {
        private final Instant start;
        private final List<Used> used = new ArrayList<>();

        Session(Instant start) {
            this.start = start;
        }
    }

    private Expected session(Instant instant, WindowCalendar calendar) {
        var sessions = new ArrayList<Session>();
        for (Used used : all) {
            Session session = containing(sessions, used.at(), calendar);
            if (session == null) {
                session = new Session(used.at());
                sessions.add(session);
            }
            session.used.add(used);
        }
        Session running = containing(sessions, instant, calendar);
        return running == null
                ? new Expected(List.of(), null)
                : new Expected(running.used, end(sessions, running, calendar));
    }

    private static @Nullable Session containing(List<Session> sessions, Instant at, WindowCalendar calendar) {
        for (Session session : sessions) {
            if (!at.isBefore(session.start) && at.isBefore(end(sessions, session, calendar))) {
                return session;
            }
        }
        return null;
    }

    /** When its length is over or the next begins. */
    private static Instant end(List<Session> sessions, Session session, WindowCalendar calendar) {
        Instant end = session.start.plus(calendar.sessionLength());
        for (Session other : sessions) {
            if (other.start.isAfter(session.start) && other.start.isBefore(end)) {
                end = other.start;
            }
        }
        return end;
    }
}
