package io.usageexporter.render.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** What the page says about quotas, and about figures that are incomplete. */
class PageContentTest extends PageTestBase {
    @ParameterizedTest(name = "{0} of 1000: {1} {2}")
    @CsvSource({
        "499, 49.9%, Good, 21 128 61", "500, 50%, Warning, 217 154 0",
        "800, 80%, Warning, 217 154 0", "801, 80.1%, Critical, 200 30 30"
    })
    void barAndLabelFollowTheStatus(String used, String percent, String word, String colour) throws Exception {
        TestExporter exporter = start(null);
        exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":" + used + "}}");
        browser().open(exporter.http(), "/usage");

        WebElement row = find(row("anthropic", "daily", "requests"));
        assertThat(row.findElement(By.className("mark")).getText()).isEqualTo(percent + " " + word);
        assertThat(row.findElement(By.cssSelector(".mark .sign")).getDomAttribute("class"))
                .isEqualTo("sign " + word.toLowerCase(Locale.ROOT));
        assertThat(row.findElement(By.className("fill")).getCssValue("fill"))
                .isEqualTo("rgb(" + colour.replace(" ", ", ") + ")");
        assertThat(row.findElement(By.className("fill")).getDomAttribute("width"))
                .startsWith(percent.replace("%", ""));
    }

    @Test
    void incompleteFiguresAreGrey() throws Exception {
        Path config = Files.writeString(
                folder.resolve("usage.yml"), "providers: {anthropic: {limits: {daily: {requests: 10}}}}");
        TestExporter exporter = start(config);
        browser().open(exporter.http(), "/usage");
        assertUnknown();
        assertThat(find(".first").getText())
                .contains("curl http://127.0.0.1:" + exporter.http().port()
                        + "/api/usage -H 'Content-Type: application/json'");
        assertThat(find(row("anthropic", "daily", "requests")).getText())
                .contains("limit 10")
                .doesNotContain("0 /", "%");

        exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":1}}");
        browser().open(exporter.http(), "/usage");
        assertThat(status()).isEqualTo("good");
        assertThat(browser().driver().findElements(By.className("first"))).isEmpty();

        clock.advance(Duration.ofHours(25));
        browser().open(exporter.http(), "/usage");
        assertUnknown();
        assertThat(find(".card > p.unknown").getText()).startsWith("The last event was 1 d 1 h ago.");

        exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":1}}");
        Files.writeString(config, "providers: nonsense");
        exporter.http().send("POST", "/-/reload");
        browser().open(exporter.http(), "/usage");
        assertUnknown();
        assertThat(find(".notice").getText()).contains("The configuration file could not be read");

        Files.writeString(config, "providers: {anthropic: {limits: {daily: {requests: 10}}}}");
        exporter.http().send("POST", "/-/reload");
        browser().open(exporter.http(), "/usage");
        assertThat(status()).isEqualTo("good");
        Files.move(folder.resolve("usage.db"), folder.resolve("elsewhere.db"));
        assertThat(exporter.http().get("/-/ready").statusCode()).isEqualTo(503);
        browser().open(exporter.http(), "/usage");
        assertUnknown();
        assertThat(find(".notice").getText()).contains("The ledger cannot be written");
        Files.move(folder.resolve("elsewhere.db"), folder.resolve("usage.db"));
    }

    private static @Nullable String status() {
        return find(row("anthropic", "daily", "requests")).getDomAttribute("data-status");
    }

    private static void assertUnknown() {
        assertThat(status()).isEqualTo("unknown");
        assertThat(find(row("anthropic", "daily", "requests") + " .mark").getText())
                .endsWith("Unknown");
        assertThat(find(row("anthropic", "daily", "requests") + " .fill").getCssValue("fill"))
                .isEqualTo("rgb(138, 148, 163)");
        assertThat(find(".headline h2 .sign").getDomAttribute("class")).isEqualTo("sign unknown");
    }

    @Test
    void warningAndCriticalRemainWhenFiguresAreIncomplete() throws Exception {
        TestExporter exporter = start(null);
        exporter.record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":2900}}");
        clock.advance(Duration.ofDays(2));
        browser().open(exporter.http(), "/usage");

        assertThat(find(row("apify", "monthly", "compute_units")).getDomAttribute("data-status"))
                .isEqualTo("critical");
        assertThat(find(row("apify", "daily", "compute_units")).getDomAttribute("data-status"))
                .isEqualTo("unknown");
    }
}
