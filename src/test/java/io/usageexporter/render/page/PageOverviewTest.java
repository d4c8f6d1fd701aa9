package io.usageexporter.render.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The overview: order, excess, colours, and layout at several sizes. */
class PageOverviewTest extends PageTestBase {
    private static final String RED = "rgb(200, 30, 30)";
    private static final String YELLOW = "rgb(138, 90, 0)";
    private static final String GREEN = "rgb(21, 128, 61)";

    /** Providers p0, p1, …, each with limits of 100 a day and 1000 a month. */
    private TestExporter startWith(int providers) throws Exception {
        String config = IntStream.range(0, providers)
                .mapToObj(i -> "  p" + i + ": {limits: {daily: {requests: 100, tokens: 100},"
                        + " monthly: {requests: 1000, tokens: 1000}}}")
                .collect(Collectors.joining("\n", "providers:\n", "\n"));
        return startWith(config);
    }

    private static void recordRequests(TestExporter exporter, String provider, int requests) {
        exporter.record("{\"provider\":\"" + provider + "\",\"usage\":{\"requests\":" + requests + "}}");
    }

    @Test
    void worstComesFirstByStatusThenPercentage() throws Exception {
        TestExporter exporter = startWith(6);
        int[] requests = {10, 81, 150, 60, 70, 40};
        for (int i = 0; i < requests.length; i++) {
            recordRequests(exporter, "p" + i, requests[i]);
        }
        browser().open(exporter.http(), "/usage");

        assertThat(texts(".card h2")).containsExactly("p2", "p1", "p4", "p3", "p5", "p0");
        assertThat(texts(".headline li a"))
                .containsExactly(
                        "p2, requests today", "p1, requests today", "p4, requests today", "p3, requests today");
    }

    @Test
    void excessIsShownInTextAndBar() throws Exception {
        TestExporter exporter = startWith(1);
        recordRequests(exporter, "p0", 150);
        browser().open(exporter.http(), "/usage");

        WebElement row = find(row("p0", "daily", "requests"));
        assertThat(row.getText())
                .contains("150% Critical", "50 over", "150 / 100 used")
                .doesNotContain("left");
        assertThat(find(".headline li").getText()).contains("50 over the limit of 100 (150% used)");
        double width = row.findElement(By.className("track")).getRect().getWidth();
        assertThat((double) row.findElement(By.className("fill")).getRect().getWidth())
                .isCloseTo(width * 2 / 3, offset(2.0));
        assertThat((double) row.findElement(By.className("excess")).getRect().getWidth())
                .isCloseTo(width / 3, offset(2.0));
        assertThat(row.findElements(By.className("limit"))).hasSize(1);
        assertThat(exporter.text()).contains("Remaining: 0 requests", "; 50 over the limit.\n");
    }

    @Test
    void usageAtTheLimitIsNoExcess() throws Exception {
        TestExporter exporter = startWith(1);
        recordRequests(exporter, "p0", 100);
        browser().open(exporter.http(), "/usage");

        WebElement row = find(row("p0", "daily", "requests"));
        assertThat(row.getText()).contains("0 left").doesNotContain("over");
        assertThat(row.findElements(By.className("excess"))).isEmpty();
    }

    @Test
    void forecastHasTheColourOfTheStatus() throws Exception {
        TestExporter exporter = startWith(3);
        int[] anHour = {5, 4, 8};
        var events = new ArrayList<String>();
        for (int i = 0; i < anHour.length; i++) {
            for (int hour = 0; hour < 15; hour++) {
                events.add("{\"provider\":\"p" + i + "\",\"at\":\"2026-11-24T" + (hour < 10 ? "0" : "") + hour
                        + ":30:00Z\",\"usage\":{\"requests\":" + anHour[i] + (i == 0 ? ".6" : ".8") + "}}");
            }
        }
        exporter.record("[" + String.join(",", events) + "]");
        browser().open(exporter.http(), "/usage");

        assertThat(outlookColour("p0", "daily")).as("84% used").isEqualTo(RED);
        assertThat(outlookColour("p1", "daily")).as("72% used").isEqualTo(YELLOW);
        assertThat(outlookColour("p2", "monthly")).as("13.2% used").isEqualTo(GREEN);
    }

    private static String outlookColour(String provider, String window) {
        WebElement outlook = find(row(provider, window, "requests")).findElement(By.className("outlook"));
        assertThat(outlook.getText()).startsWith("Will run out in");
        String colour = outlook.getCssValue("color");
        return colour.replaceFirst("rgba\\((.*), 1\\)", "rgb($1)");
    }

    @Test
    void aSingleProviderUsesTheFullWidth() throws Exception {
        TestExporter exporter = startWith(1);
        browser().open(exporter.http(), "/usage");
        for (int width : new int[] {1280, 1920}) {
            browser().show(width, 1080, "light");
            assertThat(number("document.querySelector('.card').getBoundingClientRect().width"))
                    .isEqualTo(number("document.querySelector('.headline').getBoundingClientRect().width"));
        }
    }

    @Test
    void twelveProvidersThatRunOutFitOnTwoScreens() throws Exception {
        TestExporter exporter = startWith(12);
        for (int i = 0; i < 12; i++) {
            recordRequests(exporter, "p" + i, 90 + i);
        }
        browser().show(1920, 1080, "light");
        browser().open(exporter.http(), "/usage");

        assertThat(number("document.documentElement.scrollHeight")).isLessThanOrEqualTo(2 * 1080);
        assertThat(find("#provider-p0 .charts").isDisplayed()).isFalse();
        find("#provider-p0-detail summary").click();
        assertThat(find("#provider-p0 .charts").isDisplayed()).isTrue();
        assertThat(find("#provider-p0-detail").getText()).contains("before the first event");
    }

    @Test
    void moreLinkLeadsToTheFirstUnlistedProvider() throws Exception {
        TestExporter exporter = startWith(8);
        for (int i = 0; i < 8; i++) {
            recordRequests(exporter, "p" + i, 90 + i);
        }
        browser().open(exporter.http(), "/usage");

        WebElement more = find(".headline li:last-child a");
        assertThat(more.getText()).isEqualTo("and 3 more");
        more.click();
        assertThat(browser().run("return document.querySelector(':target').id")).isEqualTo("provider-p2");
    }

    @Test
    void longNamesWrap() throws Exception {
        String name = "W".repeat(80);
        String resource = "r" + "w".repeat(60);
        TestExporter exporter = startWith("providers: {p0: {display_name: " + name + ", category_label: " + name
                + ", limits: {daily: {" + resource + ": 100, tokens: 5}}}}");
        exporter.record("{\"provider\":\"p0\",\"category\":\"" + name + "\",\"usage\":{\"" + resource + "\":90}}");
        browser().open(exporter.http(), "/usage");
        for (int width : new int[] {360, 1280}) {
            browser().show(width, 800, "light");
            assertThat(browser().run("""
                    return [...document.querySelectorAll('h2, h3, li, figcaption, .row p, .row span, .summary, .legend, th')]
                        .filter(each => !each.closest('.hidden') && each.scrollWidth > each.clientWidth + 1
                            && getComputedStyle(each).display !== 'inline')
                        .map(each => each.outerHTML)""")).as("at " + width).isEqualTo(List.of());
            assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(width);
        }
    }

    @Test
    void everyIconIsDrawnAndNoneDependsOnAFont() throws Exception {
        TestExporter exporter = startWith(3);
        recordRequests(exporter, "p0", 60);
        recordRequests(exporter, "p1", 90);
        Files.writeString(folder.resolve("usage.yml"), "providers: nonsense");
        exporter.http().send("POST", "/-/reload");
        browser().open(exporter.http(), "/usage");

        assertThat(browser().run("return /\\p{Extended_Pictographic}/u.test(document.documentElement.outerHTML)"))
                .isEqualTo(false);
        assertThat(browser().run("""
                return [...document.querySelectorAll('use')].filter(each => {
                    const box = each.getBoundingClientRect();
                    return !document.querySelector(each.getAttribute('href')) || box.width < 5 || box.height < 5;
                }).length""")).isEqualTo(0L);
        assertThat(browser().driver().findElements(By.cssSelector(".sign")).size())
                .isGreaterThan(10);
        assertThat(browser().driver().findElements(By.cssSelector(".card .icon")))
                .hasSize(3);
    }
}
