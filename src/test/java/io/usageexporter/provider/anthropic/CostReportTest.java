package io.usageexporter.provider.anthropic;

import static io.usageexporter.provider.anthropic.FakeReports.ANALYTICS_COST;
import static io.usageexporter.provider.anthropic.FakeReports.COST_REPORT;
import static io.usageexporter.provider.anthropic.FakeReports.cost;
import static io.usageexporter.provider.anthropic.FakeReports.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.polling.ProviderException;
import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.Samples;
import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the reports of costs become money of days and windows. */
class CostReportTest {
    @RegisterExtension
    final AnthropicPollerExtension poll = AnthropicPollerExtension.ofCosts();

    @Test
    void costsAreCentsInDecimals() throws Exception {
        poll.clock().set(Instant.parse("2026-11-20T12:00:00Z"));
        poll.reports().on(ANALYTICS_COST, Samples.text("anthropic/analytics-cost.json"));
        poll.run();

        assertThat(poll.reports().queries())
                .containsExactly(
                        "starting_at=2026-11-01T00:00:00Z&ending_at=2026-11-21T00:00:00Z&time_bucket_width=1d"
                                + "&group_by[]=model&products[]=messages_api&products[]=message_batches_api&order_by=time&limit=1000");
        assertThat(poll.reports().requests().get(0).header("anthropic-beta"))
                .isEqualTo("analytics-usage-cost-2026-08-24");
        assertThat(poll.reported()).containsExactly("daily usd 10.327845", "monthly usd 10.327845");
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404})
    void costReportIsReadIfTheCurrentOneIsUnavailable(int status) throws Exception {
        poll.clock().set(Instant.parse("2026-11-20T12:00:00Z"));
        poll.reports()
                .onStatus(ANALYTICS_COST, status)
                .on(COST_REPORT, Samples.text("anthropic/admin-cost-report.json"));
        poll.run();

        assertThat(poll.reports().requests())
                .extracting(FakeExchange::path)
                .containsExactly(ANALYTICS_COST, COST_REPORT);
        assertThat(poll.reports().queries().get(1))
                .isEqualTo("starting_at=2026-11-01T00:00:00Z&bucket_width=1d&group_by[]=description&limit=31");
        assertThat(poll.reported()).containsExactly("daily usd 6.930345", "monthly usd 6.930345");
        assertThat(poll.poller().days())
                .extracting(day -> day.date() + " " + day.model() + " " + day.used())
                .containsExactly("2026-11-20  {usd=0.1725}", "2026-11-20 claude-sonnet-5-5 {usd=6.757845}");
    }

    @Test
    void allPagesCountExactly() throws Exception {
        String first = report(cost("2026-11-03T00:00:00Z", "m", "0.1"), cost("2026-11-03T00:00:00Z", "m", "0.2"))
                .replace("false, \"next_page\": null", "true, \"next_page\": \"p\"");
        poll.reports()
                .onPages(ANALYTICS_COST, first, "p", report(cost("2026-11-24T00:00:00Z", "n", "123456789.0123456789")));
        poll.run();

        assertThat(poll.poller().reported(poll.clock().instant()))
                .extracting(reported -> reported.used())
                .containsExactly(new BigDecimal("1234567.890123456789"), new BigDecimal("1234567.893123456789"));
    }

    @Test
    void lateChangesAreIncludedAndACreditIsSubtracted() throws Exception {
        poll.reports().on(ANALYTICS_COST, report(cost("2026-11-23T00:00:00Z", "m", "500")));
        poll.run();
        poll.reports()
                .on(
                        ANALYTICS_COST,
                        report(cost("2026-11-23T00:00:00Z", "m", "650"), cost("2026-11-23T00:00:00Z", "", "-150")));
        poll.run();

        assertThat(poll.reported()).containsExactly("daily usd 0", "monthly usd 5.00");
    }

    @Test
    void noCostsAreZeroAndReportedWithoutBeingCounted() throws Exception {
        poll.configure("UTC", 1, "tokens");
        poll.run();
        assertThat(poll.reported()).containsExactly("daily usd 0", "monthly usd 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"amount\": null}",
                "{\"amount\": \"\"}",
                "{\"amount\": \"much\"}",
                "{\"amount\": \"1e400\"}",
                "{\"amount\": \"1e-999999999\"}",
                "{\"amount\": [1]}",
                "{\"amount\": \"1\", \"currency\": \"EUR\"}"
            })
    void unreadableCostIsAFailureAndNotZero(String cost) {
        String row = "{\"starting_at\": \"2026-11-24T00:00:00Z\", \"ending_at\": \"2026-11-25T00:00:00Z\", \"cost\": ";
        poll.reports().on(ANALYTICS_COST, report(row + cost + "}"));
        poll.assertFails();
        assertThat(poll.reported()).isEmpty();
    }

    @Test
    void otherTimeZonesAreSummedUpFromHours() throws Exception {
        poll.configure("America/New_York", 17, "usd");
        poll.reports()
                .on(
                        ANALYTICS_COST,
                        report(cost("2026-11-24T04:00:00Z", "m", "100"), cost("2026-11-24T05:00:00Z", "m", "20")));
        poll.run();

        assertThat(poll.reports().queries().get(0)).contains("&time_bucket_width=1h&");
        assertThat(poll.reported()).containsExactly("daily usd 0.20", "monthly usd 1.20");
    }

    @Test
    void daysInUtcSayNothingAboutDaysOfOtherTimeZones() throws Exception {
        poll.configure("America/New_York", 1, "usd");
        poll.reports().onStatus(ANALYTICS_COST, 403);
        poll.run();
        poll.run();

        assertThat(poll.reported()).isEmpty();
        assertThat(poll.poller().days()).isEmpty();
        assertThat(poll.log().messages().stream()
                        .filter(message -> message.contains("reports costs by UTC day at most")))
                .hasSize(1);
    }

    @Test
    void organizationWithoutReportsOfCostsHasNoFiguresAndNoFailure() throws Exception {
        poll.reports().onStatus(ANALYTICS_COST, 404).onStatus(COST_REPORT, 404);
        poll.run();
        assertThat(poll.reported()).isEmpty();
    }

    @Test
    void missingPermissionIsAFailureThatNamesTheReport() {
        poll.reports().onStatus(ANALYTICS_COST, 403).onStatus(COST_REPORT, 403);
        poll.assertFails()
                .hasMessage(
                        "GET " + COST_REPORT + " returned status 403; check that the key is valid and may read this")
                .satisfies(e -> assertThat(((ProviderException) e).isRefused()).isTrue());
    }
}
