package io.usageexporter.provider.anthropic;

import static io.usageexporter.provider.anthropic.FakeReports.ANALYTICS;
import static io.usageexporter.provider.anthropic.FakeReports.MESSAGES;
import static io.usageexporter.provider.anthropic.FakeReports.report;
import static io.usageexporter.provider.anthropic.FakeReports.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.config.Secret;
import io.usageexporter.event.TokenKind;
import io.usageexporter.polling.PollLoop;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.Icon;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Window;
import io.usageexporter.testing.FakeApi;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.SettableClock;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.AbstractThrowableAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicPollerTest {
    private static final String KEY = "sk-ant-admin01-secret";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private final FakeReports fake;
    private final LogCapture log = new LogCapture();
    private ProviderConfig provider = provider("UTC", 1, "requests", "tokens");
    private ProviderHttpClient api;
    private AnthropicPoller poller;

    AnthropicPollerTest() throws IOException {
        fake = new FakeReports();
        api = new ProviderHttpClient(fake.uri(), PATIENCE, clock);
        poller = new AnthropicPoller(api, new Secret(KEY), () -> provider, clock);
    }

    @BeforeEach
    void reportNothing() {
        fake.on(ANALYTICS, report());
    }

    @AfterEach
    void close() {
        api.close();
        fake.close();
        log.close();
    }

    private static ProviderConfig provider(String zone, int resetDay, String... resources) {
        return new ProviderConfig(
                "anthropic",
                "anthropic",
                "Anthropic API",
                Icon.ROBOT,
                "Request type",
                List.of(),
                ZoneId.of(zone),
                resetDay,
                new TreeSet<>(Set.of(resources)),
                Map.of(),
                Map.of(TokenKind.CACHE_READ, BigDecimal.ZERO),
                ProviderConfig.DEFAULT_MAX_SERIES);
    }

    private void impatient() {
        api.close();
        api = new ProviderHttpClient(fake.uri(), Duration.ofMillis(300), clock);
        poller = new AnthropicPoller(api, new Secret(KEY), () -> provider, clock);
    }

    private List<String> reported() {
        return reported(clock.instant());
    }

    private List<String> reported(Instant at) {
        return poller.reported(at).stream()
                .map(reported -> reported.window().label() + " " + reported.resource() + " " + reported.used())
                .toList();
    }

    @Test
    void itAsksForTheMonthByDaysAndModels() throws Exception {
        poller.run();

        assertThat(fake.asked()).hasSize(1);
        FakeReports.Asked asked = fake.asked().get(0);
        assertThat(asked.path()).isEqualTo(ANALYTICS);
        assertThat(asked.query())
                .isEqualTo(
                        "starting_at=2026-11-01T00:00:00Z&ending_at=2026-11-25T00:00:00Z&time_bucket_width=1d"
                                + "&group_by[]=model&products[]=messages_api&products[]=message_batches_api&order_by=time&limit=1000");
        assertThat(asked.headers())
                .containsEntry("X-api-key", KEY)
                .containsEntry("Anthropic-version", "2023-06-01")
                .containsEntry("Anthropic-beta", "analytics-usage-cost-2026-08-24")
                .containsEntry("User-agent", "usage-exporter")
                .doesNotContainKey("Authorization");
    }

    @Test
    void itAsksForTwoDaysBackAtLeast() throws Exception {
        clock.set(Instant.parse("2026-11-01T00:00:00Z"));
        poller.run();
        assertThat(fake.asked().get(0).query())
                .startsWith("starting_at=2026-10-30T00:00:00Z&ending_at=2026-11-02T00:00:00Z&");
    }

    @Test
    void inAnotherZoneItAsksByHours() throws Exception {
        provider = provider("America/New_York", 17, "tokens");
        poller.run();
        assertThat(fake.asked().get(0).query())
                .startsWith("starting_at=2026-11-17T05:00:00Z&ending_at=2026-11-24T10:00:00Z&time_bucket_width=1h&");
    }

    @Test
    void aMonthThatIsLongerByAnHourIsAskedForInTwoSpans() throws Exception {
        provider = provider("Europe/Berlin", 1, "tokens");
        clock.set(Instant.parse("2026-10-31T22:30:00Z"));
        fake.on(ANALYTICS, exchange -> {
            boolean first = exchange.getRequestURI().getQuery().contains("starting_at=2026-09-30");
            FakeApi.json(report(row(first ? "2026-09-30T22:00:00Z" : "2026-10-31T22:00:00Z", "m", 5, "1")))
                    .with(exchange);
        });
        poller.run();
        assertThat(fake.asked())
                .extracting(asked -> asked.query().substring(0, asked.query().indexOf("&time")))
                .containsExactly(
                        "starting_at=2026-09-30T22:00:00Z&ending_at=2026-10-31T22:00:00Z",
                        "starting_at=2026-10-31T22:00:00Z&ending_at=2026-10-31T23:00:00Z");
        assertThat(reported()).containsExactly("daily tokens 5", "monthly tokens 10");
    }

    @Test
    void itAsksForNothingBeforeTheFirstDayOfReports() throws Exception {
        clock.set(Instant.parse("2026-01-01T12:00:00Z"));
        poller.run();
        assertThat(fake.asked().get(0).query()).startsWith("starting_at=2026-01-01T00:00:00Z&ending_at=2026-01-02");
        assertThat(reported())
                .containsExactly("daily requests 0", "daily tokens 0", "monthly requests 0", "monthly tokens 0");

        provider = provider("UTC", 17, "tokens");
        poller.run();
        assertThat(reported()).containsExactly("daily tokens 0");
    }

    @Test
    void allPagesCountAsTheProvidersQuotaCountsThem() throws Exception {
        clock.set(Instant.parse("2026-11-20T12:00:00Z"));
        fake.onPages(
                ANALYTICS,
                Samples.text("anthropic/analytics-usage-page1.json"),
                "page_U2FtcGxlUGFnZTI=",
                Samples.text("anthropic/analytics-usage-page2.json"));
        poller.run();

        assertThat(fake.asked()).hasSize(2);
        assertThat(fake.asked().get(1).query()).isEqualTo(fake.asked().get(0).query() + "&page=page_U2FtcGxlUGFnZTI=");
        assertThat(poller.reported(clock.instant()))
                .containsExactly(
                        new ProviderReportedUsage("anthropic", "requests", Window.DAILY, new BigDecimal("3129"), null),
                        new ProviderReportedUsage("anthropic", "tokens", Window.DAILY, new BigDecimal("1770795"), null),
                        new ProviderReportedUsage(
                                "anthropic", "requests", Window.MONTHLY, new BigDecimal("3129"), null),
                        new ProviderReportedUsage(
                                "anthropic", "tokens", Window.MONTHLY, new BigDecimal("1770795"), null));
        assertThat(poller.days())
                .extracting(ProviderReportedDay::toString)
                .containsExactly(
                        "ProviderReportedDay[date=2026-11-20, model=, used={requests=9, tokens=0}]",
                        "ProviderReportedDay[date=2026-11-20, model=claude-sonnet-5-5, used={requests=3120, tokens=1770795}]");
    }

    @Test
    void aRowBelongsToTheDayAndWindowInWhichItBegins() throws Exception {
        provider = provider("Asia/Kolkata", 1, "tokens"); // half an hour off the buckets
        fake.on(
                ANALYTICS,
                report(
                        row("2026-11-24T09:00:00Z", "m", 1, "1"),
                        row("2026-11-23T19:00:00Z", "m", 2, "1"),
                        row("2026-11-23T18:00:00Z", "m", 10, "1"),
                        row("2026-10-31T19:00:00Z", "m", 100, "1"),
                        row("2026-10-31T18:00:00Z", "m", 1000, "1")));
        poller.run();
        assertThat(reported()).containsExactly("daily tokens 3", "monthly tokens 113");
        assertThat(poller.days())
                .extracting(day -> day.date() + " " + day.used())
                .containsExactly(
                        "2026-10-31 {tokens=1000}",
                        "2026-11-01 {tokens=100}",
                        "2026-11-23 {tokens=10}",
                        "2026-11-24 {tokens=3}");
    }

    @Test
    void onlyWhatTheProviderCountsIsReported() throws Exception {
        provider = provider("UTC", 1, "requests", "other");
        fake.on(ANALYTICS, report(row("2026-11-24T00:00:00Z", "m", 5, "7")));
        poller.run();
        assertThat(reported()).containsExactly("daily requests 7", "monthly requests 7");
        assertThat(poller.days())
                .extracting(ProviderReportedDay::used)
                .containsExactly(new TreeMap<>(Map.of("requests", BigDecimal.valueOf(7))));
    }

    @Test
    void requestsAreReportedOnlyWhereEveryRowHasThem() throws Exception {
        fake.on(
                ANALYTICS,
                report(
                        row("2026-11-24T00:00:00Z", "m", 5, "7"),
                        row("2026-11-23T00:00:00Z", "m", 5, "null"),
                        row("2026-11-23T00:00:00Z", "n", 5, "2")));
        poller.run();
        assertThat(reported()).containsExactly("daily requests 7", "daily tokens 5", "monthly tokens 15");
        assertThat(poller.days())
                .extracting(day -> day.date() + " " + day.model() + " " + day.used())
                .containsExactly(
                        "2026-11-23 m {tokens=5}",
                        "2026-11-23 n {requests=2, tokens=5}",
                        "2026-11-24 m {requests=7, tokens=5}");
    }

    @Test
    void aLateChangeIsFollowed() throws Exception {
        fake.on(ANALYTICS, report(row("2026-11-23T00:00:00Z", "m", 5, "1"), row("2026-11-24T00:00:00Z", "m", 5, "1")));
        poller.run();
        fake.on(ANALYTICS, report(row("2026-11-23T00:00:00Z", "m", 3, "4"), row("2026-11-24T00:00:00Z", "m", 6, "2")));
        poller.run();
        assertThat(reported())
                .containsExactly("daily requests 2", "daily tokens 6", "monthly requests 6", "monthly tokens 9");
    }

    @Test
    void afterATurnNothingIsKnownOfTheNewWindowUntilItWasAskedFor() throws Exception {
        clock.set(Instant.parse("2026-11-30T23:58:00Z"));
        fake.on(ANALYTICS, report(row("2026-11-30T00:00:00Z", "m", 5, "1")));
        poller.run();
        assertThat(reported())
                .containsExactly("daily requests 1", "daily tokens 5", "monthly requests 1", "monthly tokens 5");

        clock.set(Instant.parse("2026-12-01T00:00:00Z"));
        assertThat(reported()).isEmpty();

        poller.run();
        assertThat(reported())
                .containsExactly("daily requests 0", "daily tokens 0", "monthly requests 0", "monthly tokens 0");
        assertThat(poller.days()).hasSize(1);
        assertThat(reported(Instant.parse("2026-11-30T12:00:00Z")))
                .containsExactly("daily requests 1", "daily tokens 5");
    }

    @Test
    void afterATurnOfTheDayTheMonthIsStillKnown() throws Exception {
        fake.on(ANALYTICS, report(row("2026-11-24T00:00:00Z", "m", 5, "1")));
        poller.run();
        clock.set(Instant.parse("2026-11-25T00:00:00Z"));
        assertThat(reported()).containsExactly("monthly requests 1", "monthly tokens 5");
    }

    @Test
    void nothingIsKnownBeforeTheFirstPoll() {
        assertThat(poller.reported(clock.instant())).isEmpty();
        assertThat(poller.days()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404})
    void withoutTheCurrentReportTheOlderOneIsRead(int status) throws Exception {
        clock.set(Instant.parse("2026-11-22T12:00:00Z"));
        fake.onStatus(ANALYTICS, status, Map.of())
                .onPages(
                        MESSAGES,
                        Samples.text("anthropic/admin-usage-messages-page1.json"),
                        "page_MjAyNi0xMS0yMlQwMDowMDowMFo=",
                        Samples.text("anthropic/admin-usage-messages-page2.json"));
        poller.run();
        poller.run();

        assertThat(fake.asked())
                .extracting(FakeReports.Asked::path)
                .containsExactly(ANALYTICS, MESSAGES, MESSAGES, ANALYTICS, MESSAGES, MESSAGES);
        assertThat(fake.asked().get(1).query())
                .isEqualTo("starting_at=2026-11-01T00:00:00Z&bucket_width=1d&group_by[]=model&limit=31");
        assertThat(fake.asked().get(1).headers())
                .containsEntry("X-api-key", KEY)
                .doesNotContainKey("Anthropic-beta");
        assertThat(reported()).containsExactly("daily tokens 92500", "monthly tokens 2591295");
        assertThat(poller.days())
                .extracting(day -> day.date() + " " + day.model() + " " + day.used())
                .containsExactly(
                        "2026-11-20 claude-haiku-4-5-20251001 {tokens=728000}",
                        "2026-11-20 claude-sonnet-5-5 {tokens=1770795}",
                        "2026-11-22 claude-opus-5-5 {tokens=92500}");
        assertThat(log.messages().stream().filter(message -> message.contains("reports tokens only")))
                .hasSize(1);
    }

    @Test
    void theOlderReportSaysNothingOfRequestsEvenWithoutRows() throws Exception {
        provider = provider("Europe/Berlin", 1, "requests", "tokens");
        fake.onStatus(ANALYTICS, 404, Map.of()).on(MESSAGES, "{\"data\": [], \"has_more\": false}");
        poller.run();
        assertThat(fake.asked().get(1).query())
                .isEqualTo("starting_at=2026-10-31T23:00:00Z&bucket_width=1h&group_by[]=model&limit=168");
        assertThat(reported()).containsExactly("daily tokens 0", "monthly tokens 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 401, 429, 500, 529})
    void anyOtherStatusIsAFailureAndWhatWasReportedStays(int status) throws Exception {
        fake.on(ANALYTICS, report(row("2026-11-24T00:00:00Z", "m", 5, "1"))).on(MESSAGES, report());
        poller.run();
        fake.onStatus(ANALYTICS, status, Map.of("retry-after", "17", "location", "/elsewhere"));

        assertFails()
                .satisfies(e -> assertThat(((ProviderException) e).status()).hasValue(status));
        assertThat(reported())
                .containsExactly("daily requests 1", "daily tokens 5", "monthly requests 1", "monthly tokens 5");
        assertThat(fake.asked()).extracting(FakeReports.Asked::path).containsOnly(ANALYTICS);
    }

    @Test
    void whenBothReportsAreRefusedThePollFails() {
        fake.onStatus(ANALYTICS, 403, Map.of()).onStatus(MESSAGES, 403, Map.of());
        assertFails()
                .satisfies(e -> assertThat(((ProviderException) e).isRefused()).isTrue());
    }

    @Test
    void aFailureOnTheSecondPageLeavesWhatWasReported() throws Exception {
        fake.on(ANALYTICS, report(row("2026-11-24T00:00:00Z", "m", 5, "1")));
        poller.run();
        fake.on(ANALYTICS, exchange -> {
            boolean first = !exchange.getRequestURI().getQuery().contains("page=");
            FakeApi.answer(
                            first ? 200 : 500,
                            "{\"data\": [" + row("2026-11-24T00:00:00Z", "m", 9, "1")
                                    + "], \"has_more\": true, \"next_page\": \"p\"}",
                            Map.of())
                    .with(exchange);
        });
        assertFails();
        assertThat(reported()).contains("daily tokens 5", "monthly tokens 5");
    }

    @Test
    void aReportWithoutAnEndIsGivenUp() {
        fake.on(ANALYTICS, "{\"data\": [], \"has_more\": true, \"next_page\": \"again\"}");
        assertFails().hasMessage("GET " + ANALYTICS + ": the report has more than 40 pages");
        assertThat(fake.asked()).hasSize(AnthropicPoller.MAX_PAGES);
        assertThat(reported()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>",
                "[]",
                "{}",
                "null",
                "{\"data\": 5}",
                "{\"data\": [{}]}",
                "{\"data\": [",
                "{\"type\": \"error\", \"error\": {\"message\": \"sk-ant-admin01-secret\"}}"
            })
    void nonsenseIsAFailureAndNotNoUse(String answer) {
        fake.on(ANALYTICS, answer);
        assertFails();
        assertThat(reported()).isEmpty();
    }

    @Test
    void aStallIsAFailure() {
        impatient();
        fake.stall(ANALYTICS);
        assertFails().hasMessage("GET " + ANALYTICS + ": response timed out");
    }

    @Test
    void halfABodyThatStallsIsAFailure() {
        impatient();
        fake.trickle(ANALYTICS);
        assertFails().hasMessage("GET " + ANALYTICS + ": response timed out");
    }

    @Test
    void halfABodyThatEndsIsAFailure() {
        fake.on(ANALYTICS, exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            throw new IOException("half is enough");
        });
        assertFails();
        assertThat(reported()).isEmpty();
    }

    @Test
    void anAbsentProviderIsAFailure() {
        fake.close();
        assertFails();
    }

    @Test
    void inALoopItComesBackAfterTrouble() {
        fake.onStatus(ANALYTICS, 500, Map.of());
        try (PollLoop loop = PollLoop.start(
                "anthropic",
                Duration.ofMinutes(5),
                poller,
                clock,
                rest -> {
                    if (!reported().isEmpty()) {
                        new CountDownLatch(1).await(); // until the loop is closed, since enough was seen
                    }
                    fake.on(ANALYTICS, report(row("2026-11-24T00:00:00Z", "m", 5, "1")));
                },
                () -> 1)) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> Boolean.TRUE.equals(loop.state().success()));
            assertThat(loop.state().lastSuccess()).isEqualTo(clock.instant());
            assertThat(reported()).contains("daily tokens 5");
            assertThat(log.messages()).noneMatch(message -> message.contains(KEY));
            assertThat(log.warnings()).hasSize(1);
        }
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertFails() {
        return assertThatThrownBy(poller::run)
                .isInstanceOf(ProviderException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(KEY).doesNotContain("?"));
    }
}
