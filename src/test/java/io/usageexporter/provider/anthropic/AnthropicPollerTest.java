package io.usageexporter.provider.anthropic;

import static io.usageexporter.provider.anthropic.AnthropicPollerExtension.KEY;
import static io.usageexporter.provider.anthropic.FakeReports.ANALYTICS;
import static io.usageexporter.provider.anthropic.FakeReports.MESSAGES;
import static io.usageexporter.provider.anthropic.FakeReports.report;
import static io.usageexporter.provider.anthropic.FakeReports.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Samples;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a poll requests, and how the report becomes usage of days and windows. */
class AnthropicPollerTest {
    @RegisterExtension
    final AnthropicPollerExtension poll = AnthropicPollerExtension.ofUsage();

    @Test
    void requestsTheMonthByDayAndModel() throws Exception {
        poll.run();

        assertThat(poll.reports().queries())
                .containsExactly(
                        "starting_at=2026-11-01T00:00:00Z&ending_at=2026-11-25T00:00:00Z&time_bucket_width=1d"
                                + "&group_by[]=model&products[]=messages_api&products[]=message_batches_api&order_by=time&limit=1000");
        FakeExchange request = poll.reports().requests().get(0);
        assertThat(request.path()).isEqualTo(ANALYTICS);
        assertThat(request.header("x-api-key")).isEqualTo(KEY);
        assertThat(request.header("anthropic-version")).isEqualTo("2023-06-01");
        assertThat(request.header("anthropic-beta")).isEqualTo("analytics-usage-cost-2026-08-24");
        assertThat(request.header("user-agent")).isEqualTo("usage-exporter");
        assertThat(request.header("authorization")).isNull();
    }

    @Test
    void requestsAtLeastTwoDaysBack() throws Exception {
        poll.clock().set(Instant.parse("2026-11-01T00:00:00Z"));
        poll.run();
        assertThat(poll.reports().queries().get(0))
                .startsWith("starting_at=2026-10-30T00:00:00Z&ending_at=2026-11-02T00:00:00Z&");
    }

    @Test
    void requestsHoursInOtherTimeZones() throws Exception {
        poll.configure("America/New_York", 17, "tokens");
        poll.run();
        assertThat(poll.reports().queries().get(0))
                .startsWith("starting_at=2026-11-17T05:00:00Z&ending_at=2026-11-24T10:00:00Z&time_bucket_width=1h&");
    }

    @Test
    void monthWithAnExtraHourIsRequestedInTwoRanges() throws Exception {
        poll.configure("Europe/Berlin", 1, "tokens");
        poll.clock().set(Instant.parse("2026-10-31T22:30:00Z"));
        poll.reports().on(ANALYTICS, query -> {
            boolean isFirst = query.contains("starting_at=2026-09-30");
            return FakeResponse.json(
                    200, report(row(isFirst ? "2026-09-30T22:00:00Z" : "2026-10-31T22:00:00Z", "m", 5, "1")));
        });
        poll.run();
        assertThat(poll.reports().queries())
                .extracting(query -> query.substring(0, query.indexOf("&time")))
                .containsExactly(
                        "starting_at=2026-09-30T22:00:00Z&ending_at=2026-10-31T22:00:00Z",
                        "starting_at=2026-10-31T22:00:00Z&ending_at=2026-10-31T23:00:00Z");
        assertThat(poll.reported()).containsExactly("daily tokens 5", "monthly tokens 10");
    }

    @Test
    void requestsNothingBeforeTheFirstDayOfReports() throws Exception {
        poll.clock().set(Instant.parse("2026-01-01T12:00:00Z"));
        poll.run();
        assertThat(poll.reports().queries().get(0)).startsWith("starting_at=2026-01-01T00:00:00Z&ending_at=2026-01-02");
        assertThat(poll.reported())
                .containsExactly("daily requests 0", "daily tokens 0", "monthly requests 0", "monthly tokens 0");

        poll.configure("UTC", 17, "tokens");
        poll.run();
        assertThat(poll.reported()).containsExactly("daily tokens 0");
    }

    @Test
    void allPagesCountAsInTheQuota() throws Exception {
        poll.clock().set(Instant.parse("2026-11-20T12:00:00Z"));
        poll.reports()
                .onPages(
                        ANALYTICS,
                        Samples.text("anthropic/analytics-usage-page1.json"),
                        "page_U2FtcGxlUGFnZTI=",
                        Samples.text("anthropic/analytics-usage-page2.json"));
        poll.run();

        assertThat(poll.reports().requests()).hasSize(2);
        assertThat(poll.reports().queries().get(1))
                .isEqualTo(poll.reports().queries().get(0) + "&page=page_U2FtcGxlUGFnZTI=");
        assertThat(poll.poller().reported(poll.clock().instant()))
                .containsExactly(
                        new ProviderReportedUsage("anthropic", "requests", Window.DAILY, new BigDecimal("3129"), null),
                        new ProviderReportedUsage("anthropic", "tokens", Window.DAILY, new BigDecimal("1770795"), null),
                        new ProviderReportedUsage(
                                "anthropic", "requests", Window.MONTHLY, new BigDecimal("3129"), null),
                        new ProviderReportedUsage(
                                "anthropic", "tokens", Window.MONTHLY, new BigDecimal("1770795"), null));
        assertThat(poll.poller().days())
                .extracting(ProviderReportedDay::toString)
                .containsExactly(
                        "ProviderReportedDay[date=2026-11-20, model=, used={requests=9, tokens=0}]",
                        "ProviderReportedDay[date=2026-11-20, model=claude-sonnet-5-5, used={requests=3120, tokens=1770795}]");
    }

    @Test
    void rowsBelongToTheDayAndWindowInWhichTheyBegin() throws Exception {
        poll.configure("Asia/Kolkata", 1, "tokens"); // half an hour off the buckets
        poll.reports()
                .on(
                        ANALYTICS,
                        report(
                                row("2026-11-24T09:00:00Z", "m", 1, "1"),
                                row("2026-11-23T19:00:00Z", "m", 2, "1"),
                                row("2026-11-23T18:00:00Z", "m", 10, "1"),
                                row("2026-10-31T19:00:00Z", "m", 100, "1"),
                                row("2026-10-31T18:00:00Z", "m", 1000, "1")));
        poll.run();
        assertThat(poll.reported()).containsExactly("daily tokens 3", "monthly tokens 113");
        assertThat(poll.poller().days())
                .extracting(day -> day.date() + " " + day.used())
                .containsExactly(
                        "2026-10-31 {tokens=1000}",
                        "2026-11-01 {tokens=100}",
                        "2026-11-23 {tokens=10}",
                        "2026-11-24 {tokens=3}");
    }

    @Test
    void onlyConfiguredResourcesAreReported() throws Exception {
        poll.configure("UTC", 1, "requests", "other");
        poll.reports().on(ANALYTICS, report(row("2026-11-24T00:00:00Z", "m", 5, "7")));
        poll.run();
        assertThat(poll.reported()).containsExactly("daily requests 7", "monthly requests 7");
        assertThat(poll.poller().days())
                .extracting(ProviderReportedDay::used)
                .containsExactly(new TreeMap<>(Map.of("requests", BigDecimal.valueOf(7))));
    }

    @Test
    void requestsAreReportedOnlyIfEveryRowHasThem() throws Exception {
        poll.reports()
                .on(
                        ANALYTICS,
                        report(
                                row("2026-11-24T00:00:00Z", "m", 5, "7"),
                                row("2026-11-23T00:00:00Z", "m", 5, "null"),
                                row("2026-11-23T00:00:00Z", "n", 5, "2")));
        poll.run();
        assertThat(poll.reported()).containsExactly("daily requests 7", "daily tokens 5", "monthly tokens 15");
        assertThat(poll.poller().days())
                .extracting(day -> day.date() + " " + day.model() + " " + day.used())
                .containsExactly(
                        "2026-11-23 m {tokens=5}",
                        "2026-11-23 n {requests=2, tokens=5}",
                        "2026-11-24 m {requests=7, tokens=5}");
    }

    @Test
    void lateChangesAreIncluded() throws Exception {
        poll.reports()
                .on(
                        ANALYTICS,
                        report(row("2026-11-23T00:00:00Z", "m", 5, "1"), row("2026-11-24T00:00:00Z", "m", 5, "1")));
        poll.run();
        poll.reports()
                .on(
                        ANALYTICS,
                        report(row("2026-11-23T00:00:00Z", "m", 3, "4"), row("2026-11-24T00:00:00Z", "m", 6, "2")));
        poll.run();
        assertThat(poll.reported())
                .containsExactly("daily requests 2", "daily tokens 6", "monthly requests 6", "monthly tokens 9");
    }

    @Test
    void newWindowsAreUnknownUntilTheNextPoll() throws Exception {
        poll.clock().set(Instant.parse("2026-11-30T23:58:00Z"));
        poll.reports().on(ANALYTICS, report(row("2026-11-30T00:00:00Z", "m", 5, "1")));
        poll.run();
        assertThat(poll.reported())
                .containsExactly("daily requests 1", "daily tokens 5", "monthly requests 1", "monthly tokens 5");

        poll.clock().set(Instant.parse("2026-12-01T00:00:00Z"));
        assertThat(poll.reported()).isEmpty();

        poll.run();
        assertThat(poll.reported())
                .containsExactly("daily requests 0", "daily tokens 0", "monthly requests 0", "monthly tokens 0");
        assertThat(poll.poller().days()).hasSize(1);
        assertThat(poll.reported(Instant.parse("2026-11-30T12:00:00Z")))
                .containsExactly("daily requests 1", "daily tokens 5");
    }

    @Test
    void monthIsStillKnownOnTheNextDay() throws Exception {
        poll.reports().on(ANALYTICS, report(row("2026-11-24T00:00:00Z", "m", 5, "1")));
        poll.run();
        poll.clock().set(Instant.parse("2026-11-25T00:00:00Z"));
        assertThat(poll.reported()).containsExactly("monthly requests 1", "monthly tokens 5");
    }

    @Test
    void nothingIsKnownBeforeTheFirstPoll() {
        assertThat(poll.poller().reported(poll.clock().instant())).isEmpty();
        assertThat(poll.poller().days()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404})
    void olderReportIsReadIfTheCurrentOneIsUnavailable(int status) throws Exception {
        poll.clock().set(Instant.parse("2026-11-22T12:00:00Z"));
        poll.reports()
                .onStatus(ANALYTICS, status)
                .onPages(
                        MESSAGES,
                        Samples.text("anthropic/admin-usage-messages-page1.json"),
                        "page_MjAyNi0xMS0yMlQwMDowMDowMFo=",
                        Samples.text("anthropic/admin-usage-messages-page2.json"));
        poll.run();
        poll.run();

        assertThat(poll.reports().requests())
                .extracting(FakeExchange::path)
                .containsExactly(ANALYTICS, MESSAGES, MESSAGES, ANALYTICS, MESSAGES, MESSAGES);
        assertThat(poll.reports().queries().get(1))
                .isEqualTo("starting_at=2026-11-01T00:00:00Z&bucket_width=1d&group_by[]=model&limit=31");
        FakeExchange older = poll.reports().requests().get(1);
        assertThat(older.header("x-api-key")).isEqualTo(KEY);
        assertThat(older.header("anthropic-beta")).isNull();
        assertThat(poll.reported()).containsExactly("daily tokens 92500", "monthly tokens 2591295");
        assertThat(poll.poller().days())
                .extracting(day -> day.date() + " " + day.model() + " " + day.used())
                .containsExactly(
                        "2026-11-20 claude-haiku-4-5-20251001 {tokens=728000}",
                        "2026-11-20 claude-sonnet-5-5 {tokens=1770795}",
                        "2026-11-22 claude-opus-5-5 {tokens=92500}");
        assertThat(poll.log().messages().stream().filter(message -> message.contains("reports tokens only")))
                .hasSize(1);
    }

    @Test
    void olderReportNeverReportsRequests() throws Exception {
        poll.configure("Europe/Berlin", 1, "requests", "tokens");
        poll.reports().onStatus(ANALYTICS, 404).on(MESSAGES, "{\"data\": [], \"has_more\": false}");
        poll.run();
        assertThat(poll.reports().queries().get(1))
                .isEqualTo("starting_at=2026-10-31T23:00:00Z&bucket_width=1h&group_by[]=model&limit=168");
        assertThat(poll.reported()).containsExactly("daily tokens 0", "monthly tokens 0");
    }
}
