package io.usageexporter.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextViewTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void textHasTheDocumentedFormat() {
        String text = TextView.render(ReportFixture.withDefaults()
                .used("anthropic", "recommendations", "requests", "15")
                .used("anthropic", "recommendations", "tokens.input", "40000")
                .used("anthropic", "recommendations", "tokens.output", "5000")
                .used("apify", "instagram", "compute_units", "2")
                .used("apify", "tiktok", "compute_units", "1")
                .used("apify", "tiktok", "compute_units", "10", Instant.parse("2026-11-02T00:00:00Z"))
                .report());
        assertThat(text).isEqualTo("""
                        🤖 Anthropic API - Today
                        Requests: 15 / 1000 (1.5%) 🟢
                        Tokens: 45,000 / 1,000,000 (4.5%) 🟢
                        Remaining: 985 requests, 955,000 tokens

                        🕷️ Apify Scraping - Today
                        Compute Units: 3 / 100 (3%) 🟢
                        Remaining: 97 compute units

                        🤖 Anthropic API - This Month
                        Requests: 15 / 30,000 (0.1%) 🟢
                        Tokens: 45,000 / 30,000,000 (0.2%) 🟢
                        Remaining: 29,985 requests, 29,955,000 tokens

                        🕷️ Apify Scraping - This Month
                        Compute Units: 13 / 3000 (0.4%) 🟢
                        Remaining: 2987 compute units
                        """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "49.96 | Compute Units: 49.96 / 100 (49.9%) 🟢",
                "50    | Compute Units: 50 / 100 (50%) 🟡",
                "80    | Compute Units: 80 / 100 (80%) 🟡",
                "80.04 | Compute Units: 80.04 / 100 (80.1%) 🔴",
                "150   | Compute Units: 150 / 100 (150%) 🔴",
            })
    void numberAndColourAgree(String used, String line) {
        assertThat(TextView.render(ReportFixture.withDefaults()
                        .used("apify", "instagram", "compute_units", used)
                        .report()))
                .contains(line);
    }

    @Test
    void overdrawnQuotaHasNothingLeft() {
        assertThat(TextView.render(ReportFixture.withDefaults()
                        .used("apify", "instagram", "compute_units", "150")
                        .report()))
                .contains("Remaining: 0 compute units\n");
    }

    @Test
    void moneyIsShownInDollarsWhereItIsLimitedOrKnown() throws Exception {
        ReportFixture limited = ReportFixture.with(
                folder, "providers: {apify: {limits: {daily: {compute_units: 100}, monthly: {usd: 400}}}}");
        assertThat(TextView.render(limited.report())).contains("USD: $0.00 / $400.00 (0%) ⚪\nRemaining: $400.00\n");
        assertThat(TextView.render(
                        limited.used("apify", "tiktok", "usd", "12.335").report()))
                .isEqualTo("""
                        🕷️ Apify Scraping - Today
                        Compute Units: 0 / 100 (0%) 🟢
                        USD: $12.34 (no limit)
                        Remaining: 100 compute units

                        🕷️ Apify Scraping - This Month
                        Compute Units: 0 (no limit)
                        USD: $12.34 / $400.00 (3.1%) 🟢
                        Remaining: $387.67
                        """);

        ReportFixture unlimited = ReportFixture.withDefaults().used("apify", "tiktok", "compute_units", "1");
        assertThat(TextView.render(unlimited.report())).doesNotContain("USD");
        assertThat(TextView.render(
                        unlimited.used("apify", "tiktok", "usd", "0.001").report()))
                .contains("USD: at least $0.00 (no limit)", "Without a price: 1 compute units.");
    }

    @Test
    void resourceWithoutLimitHasNeitherPercentageNorRemainder() throws Exception {
        String text = TextView.render(ReportFixture.with(folder, """
                        providers:
                          images:
                            display_name: Image API
                            resources: [images, gb_hours]
                            limits: {monthly: {gb_hours: 10}}
                        """)
                .used("images", "a", "images", "12345")
                .used("images", "a", "gb_hours", "2.5")
                .report());
        assertThat(text).isEqualTo("""
                        📊 Image API - Today
                        Gb Hours: 2.5 (no limit)
                        Images: 12,345 (no limit)

                        📊 Image API - This Month
                        Gb Hours: 2.5 / 10 (25%) 🟢
                        Images: 12,345 (no limit)
                        Remaining: 7.5 gb hours
                        """);
    }

    @Test
    void exhaustedAndForecastQuotasShowTheirTime() {
        ReportFixture fixture = ReportFixture.withDefaults();
        for (int hour = 0; hour < 9; hour++) {
            Instant at = Instant.parse("2026-11-24T0" + hour + ":30:00Z");
            fixture.used("apify", "tiktok", "compute_units", "20", at).used("anthropic", "chat", "requests", "80", at);
        }
        assertThat(TextView.render(fixture.report()))
                .contains("Remaining: 280 requests, 1,000,000 tokens\nRequests will run out in ")
                .containsPattern(", at 1[2-4]:\\d\\d UTC, \\d+ h( \\d+ min)? before the reset\\.\n")
                .contains("Remaining: 0 compute units\nCompute units ran out at 04:30 UTC; 80 over the limit.\n");
    }
}
