package io.usageexporter.totals;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.pricing.LongPromptRules;
import io.usageexporter.window.Window;
import io.usageexporter.window.Window.Span;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions of five hours. */
class SessionsTest extends TotalsTestBase {
    private static final CountedWindows SESSIONS = new CountedWindows(false, Duration.ofHours(5));

    @BeforeEach
    void countSessions() {
        totals.replace("p", LongPromptRules.NONE, Map.of(), SESSIONS, Map.of(), List.of());
    }

    private void use(String... times) {
        for (String time : times) {
            record(used(time));
        }
    }

    private static UsageEvent used(String time) {
        return event("c", "m", "1", at(time));
    }

    private static Instant at(String time) {
        return Instant.parse("2026-11-24T" + time + "Z");
    }

    /** The sums by start and end of the session. */
    private Map<String, Integer> sessions() {
        var sums = new TreeMap<String, Integer>();
        WindowTotals windows = totals.snapshot().windows();
        for (Span session : windows.sessions("p", ZoneOffset.UTC)) {
            String bounds = session.startsAt().toString().substring(11, 16) + "-"
                    + session.resetsAt().toString().substring(11, 16);
            totals.snapshot()
                    .forEachPart(
                            "p",
                            Window.SESSION,
                            session,
                            (key, date, cells) ->
                                    sums.merge(bounds, total(cells.values()).intValueExact(), Integer::sum));
        }
        return sums;
    }

    @Test
    void firstUsageOpensASessionOfItsLength() {
        use("09:15:00", "10:00:00", "14:14:59.999");
        assertThat(sessions()).isEqualTo(Map.of("09:15-14:15", 3));
    }

    @Test
    void firstUsageAfterTheEndOpensTheNext() {
        use("09:15:00", "14:15:00", "19:20:00");
        assertThat(sessions()).isEqualTo(Map.of("09:15-14:15", 1, "14:15-19:15", 1, "19:20-00:20", 1));
    }

    @Test
    void lateUsageInARunningSessionCountsThere() {
        use("09:15:00", "16:00:00", "13:00:00");
        assertThat(sessions()).isEqualTo(Map.of("09:15-14:15", 2, "16:00-21:00", 1));
    }

    @Test
    void lateUsageBeforeASessionOpensOneThatEndsWhereTheNextBegins() {
        use("09:15:00", "08:00:00", "10:00:00", "09:00:00");
        assertThat(sessions()).isEqualTo(Map.of("08:00-09:15", 2, "09:15-14:15", 2));
    }

    @Test
    void lateUsageInAWideGapOpensASessionOfItsLength() {
        use("01:00:00", "20:00:00", "07:00:00", "12:30:00");
        assertThat(sessions())
                .isEqualTo(Map.of("01:00-06:00", 1, "07:00-12:00", 1, "12:30-17:30", 1, "20:00-01:00", 1));
    }

    @Test
    void sessionOfAnEarlierCommitIsFoundBesideOneOpenedInThisCommit() {
        use("10:00:00");
        record(used("08:00:00"), used("11:00:00"), used("08:30:00"));
        assertThat(sessions()).isEqualTo(Map.of("08:00-10:00", 2, "10:00-15:00", 2));
    }

    @Test
    void eventsOfOneSecondAreTakenApartAtTheEndOfASession() {
        use("09:00:00.500");
        record(used("14:00:00.499"), used("14:00:00.500"), used("14:00:00.501"));
        assertThat(sessions()).isEqualTo(Map.of("09:00-14:00", 2, "14:00-19:00", 2));
    }

    @Test
    void eventWithoutAmountsOpensNoSession() {
        record(new UsageEvent(null, "p", "c", "m", at("09:00:00"), Usage.of(Map.of())));
        assertThat(sessions()).isEmpty();
    }

    @Test
    void amendmentCountsInTheSessionOfItsEvent() {
        use("09:00:00", "15:00:00");
        apply(new RecordedEvent(++lastNumber, used("09:00:00"), at("23:00:00"), Source.POLLER, 1, Pricing.STANDARD));
        assertThat(sessions()).isEqualTo(Map.of("09:00-14:00", 2, "15:00-20:00", 1));
    }

    @Test
    void unappliedChangeOpensNoSession() {
        totals.plan(List.of(recorded(used("08:00:00"))));
        use("09:00:00");
        assertThat(sessions()).isEqualTo(Map.of("09:00-14:00", 1));
    }

    @Test
    void noSessionRunsBeforeAndAfterOne() {
        use("09:00:00");
        WindowTotals windows = totals.snapshot().windows();
        assertThat(windows.session("p", ZoneOffset.UTC, at("08:59:59.999"))).isNull();
        assertThat(windows.session("p", ZoneOffset.UTC, at("14:00:00"))).isNull();
        assertThat(windows.session("q", ZoneOffset.UTC, at("10:00:00"))).isNull();
        LocalDate day = LocalDate.parse("2026-11-24");
        assertThat(windows.session("p", ZoneOffset.UTC, at("13:59:59.999")))
                .isEqualTo(new Span(day, day.plusDays(1), at("09:00:00"), at("14:00:00")));
    }

    @Test
    void usageOfASessionAcrossMidnightIsKeptByDate() {
        totals.configure("p", ZoneId.of("Asia/Kolkata"), List.of(), List.of(), SeriesBound.DEFAULT, 1);
        use("17:00:00", "18:29:59", "18:30:00", "19:00:00", "20:00:00");
        assertThat(totals.snapshot().windows().parts().keySet())
                .extracting(part -> part.startsAt() + " " + part.date())
                .containsExactly("2026-11-24T17:00:00Z 2026-11-24", "2026-11-24T17:00:00Z 2026-11-25");
        assertThat(sessions()).isEqualTo(Map.of("17:00-22:00", 5));
    }

    @Test
    void recountOpensTheSameSessions() {
        List<RecordedEvent> events = List.of(
                recorded(used("09:15:00")),
                recorded(used("08:00:00")),
                recorded(used("20:00:00")),
                recorded(used("14:15:00")),
                recorded(used("14:14:59")),
                recorded(used("04:00:00")));
        events.forEach(this::apply);
        Recount recount = totals.recount();
        events.forEach(recount::add);
        assertThat(recount.sums().windows())
                .isEqualTo(totals.snapshot().windows().parts());
    }

    @Test
    void windowsThatAreOverAreForgottenButNotWhenTheirSessionsBegan() {
        use("01:00:00", "08:00:00");
        totals.forgetWindowsBefore(at("06:00:00"));
        assertThat(sessions()).isEqualTo(Map.of("08:00-13:00", 1));
        Totals.Change change = totals.plan(List.of(recorded(used("05:59:59"))));
        assertThat(change.sums().windows().keySet())
                .extracting(WindowPart::startsAt)
                .containsExactly(at("01:00:00"));
        totals.apply(change);
        assertThat(sessions()).isEqualTo(Map.of("08:00-13:00", 1));
    }
}
