package io.usageexporter.render.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.TestExporter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The page is readable and accessible, whatever its content. */
class PageLayoutTest extends PageTestBase {
    private static final String HOSTILE =
            "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>";

    private static final List<String> RESOURCES =
            List.of("requests", "tokens", "usd", "compute_units", "web_searches", "storage_gigabyte_hours");

    @Test
    void manyProvidersAndHostileNamesNeitherRunScriptsNorBreakTheLayout() throws Exception {
        String providers = IntStream.range(0, 30)
                .mapToObj(i -> "  p" + i + ": {display_name: '"
                        + (i == 0 ? HOSTILE : i == 1 ? "مزود الخدمة" : "Provider " + i)
                        + "', category_label: '" + (i == 0 ? "<b>Label</b>" : "Kind")
                        + "', limits: {daily: {requests: 10, tokens: 1000000000000}, monthly: {requests: 100}}}")
                .collect(Collectors.joining("\n", "providers:\n", "\n"));
        TestExporter exporter = startWith(providers);
        List<String> names = List.of(
                HOSTILE, "W".repeat(100), "שלום עולם " + "א".repeat(80), "\u202Ereversed", "a & b \"quoted\" 'single'");
        var events = new ArrayList<String>();
        for (int i = 0; i < 30; i++) {
            for (String name : names) {
                events.add("{\"provider\":\"p" + i + "\",\"category\":\"" + name.replace("\"", "\\\"")
                        + "\",\"usage\":{\"requests\":" + (i % 3 + 1) + ",\"tokens\":123456789012}}");
            }
        }
        assertThat(exporter.record("[" + String.join(",", events) + "]").statusCode())
                .isEqualTo(200);

        browser().open(exporter.http(), "/usage");
        for (int width : new int[] {360, 768, 1280, 3840}) {
            browser().show(width, 900, "light");
            assertThat(number("document.documentElement.scrollWidth"))
                    .as("at " + width)
                    .isLessThanOrEqualTo(width);
        }
        assertThat(browser().run("return typeof window.hacked")).isEqualTo("undefined");
        assertThat(browser().driver().findElements(By.cssSelector("main script, main img")))
                .isEmpty();
        assertThat(find("#provider-p0 h2").getText()).endsWith(HOSTILE);
        browser().run("document.querySelectorAll('details').forEach(each => each.open = true); return 1;");
        assertThat(browser().driver().findElements(By.cssSelector("#provider-p0 tbody th")).stream()
                        .map(WebElement::getText))
                .contains(HOSTILE, "W".repeat(100));
        assertThat(StreamSupport.stream(
                        browser().driver().manage().logs().get("browser").spliterator(), false))
                .noneMatch(entry -> entry.getMessage().contains("Content Security Policy"));
        assertAccessible(".headline", "#provider-p0", "#provider-p1");
    }

    @Test
    void tablesFitTheirCardsAndFiguresStayAlignedWhateverTheyHold() throws Exception {
        List<String> names = List.of("growth", "c".repeat(90), "a team with a rather long name, as people choose them");
        var events = new ArrayList<String>();
        for (int resources = 1; resources <= 6; resources++) {
            String usage = IntStream.range(0, resources)
                    .mapToObj(i -> "\"" + RESOURCES.get(i) + "\": 7057312")
                    .collect(Collectors.joining(", ", "\"usage\": {", "}}"));
            for (String name : names) {
                events.add("{\"provider\": \"p" + resources + "\", \"consumer\": \"" + name + "\", " + usage);
            }
        }
        events.add(
                "{\"provider\": \"p5\", \"usage\": {\"tokens\": 999999999999, \"compute_units\": 1234567.123456, \"usd\": 8888888888.98}}");
        TestExporter exporter = startWith(IntStream.rangeClosed(1, 6)
                .mapToObj(i -> "  p" + i + ": {limits: {daily: {requests: 10}}, resources: ["
                        + String.join(", ", RESOURCES.subList(1, i)) + "]}\n")
                .collect(Collectors.joining("", "providers:\n", """
                        consumers:
                          growth: {limits: {p3: {daily: {requests: 10}, monthly: {tokens: 1000000, requests: 10}}}}
                        """)));
        assertThat(exporter.record(events.toString()).statusCode()).isEqualTo(200);
        browser().open(exporter.http(), "/usage?by=consumer");

        for (int width = 360; width <= 2000; width += 70) {
            assertTablesFit(width);
        }
        for (int width : new int[] {390, 768, 1024, 1280}) {
            assertTablesFit(width);
        }
    }

    private static void assertTablesFit(int width) {
        browser().show(width, 900, "light");
        assertThat(browser().run("""
                const faults = [];
                for (const table of document.querySelectorAll('.breakdown table')) {
                    const room = table.closest('.breakdown').getBoundingClientRect();
                    const columns = new Map();
                    for (const cell of table.querySelectorAll('th, td, .quotas p')) {
                        const box = cell.getBoundingClientRect();
                        const says = table.closest('.card').id + ': ' + cell.innerText;
                        if (box.width > 0 && (box.right > room.right + 0.5 || cell.scrollWidth > cell.clientWidth + 1)) {
                            faults.push(says + ' is cut off');
                        }
                    }
                    for (const row of table.querySelectorAll('tbody tr:not(.quotas)')) {
                        [...row.querySelectorAll('td')].forEach((cell, i) => {
                            const figure = document.createRange();
                            figure.selectNodeContents(cell);
                            const boxes = figure.getClientRects();
                            const right = columns.get(i) ?? boxes[0]?.right;
                            columns.set(i, right);
                            if (boxes.length !== 1 || Math.abs(boxes[0].right - right) > 0.5) {
                                faults.push(cell.innerText + ' is broken or not aligned');
                            }
                        });
                    }
                    if (getComputedStyle(table).fontVariantNumeric !== 'tabular-nums') {
                        faults.push('digits differ in width');
                    }
                }
                return faults;""")).as("at " + width).isEqualTo(List.of());
    }

    @Test
    void threeResourcesAreARowWhereTwoCardsStandSideBySide() throws Exception {
        TestExporter exporter = startWith("providers: {a: {limits: {daily: {requests: 9}}, resources: [tokens, usd]},"
                + " b: {resources: [calls]}}");
        exporter.record("""
                [{"provider": "a", "category": "recommendations", "usage": {"requests": 317, "tokens": 247982, "usd": 1.43}},
                 {"provider": "a", "category": "recommendations", "at": "2026-11-09T10:00:00Z",
                  "usage": {"requests": 8930, "tokens": 6809330, "usd": 39.59}}]""");
        browser().open(exporter.http(), "/usage");
        assertThat(number("document.querySelector('#provider-a').getBoundingClientRect().width"))
                .isLessThan(640);
        assertThat(find("#provider-a tbody tr").getText())
                .isEqualTo("recommendations 100% 317 9247 247,982 7,057,312 $1.43 $41.02");
        assertThat(find("#provider-a tbody tr").getRect().getHeight()).isBetween(10, 40);
    }

    @Test
    void isAccessibleBeforeTheFirstEvent() throws Exception {
        browser().open(start(null).http(), "/usage");
        assertAccessibleInLightAndDark();
    }
}
