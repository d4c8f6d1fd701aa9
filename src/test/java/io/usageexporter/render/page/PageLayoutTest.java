package io.usageexporter.render.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.selenium.AxeBuilder;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The page is readable and accessible, whatever its content. */
class PageLayoutTest extends PageTestBase {
    private static final String HOSTILE =
            "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>";

    @Test
    void manyProvidersAndHostileNamesNeitherRunScriptsNorBreakTheLayout() throws Exception {
        String providers = IntStream.range(0, 30)
                .mapToObj(i -> "  p" + i + ": {display_name: '"
                        + (i == 0 ? HOSTILE : i == 1 ? "مزود الخدمة" : "Provider " + i)
                        + "', category_label: '" + (i == 0 ? "<b>Label</b>" : "Kind")
                        + "', limits: {daily: {requests: 10, tokens: 1000000000000}, monthly: {requests: 100}}}")
                .collect(Collectors.joining("\n", "providers:\n", "\n"));
        TestExporter exporter = start(Files.writeString(folder.resolve("usage.yml"), providers));
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

        for (int width : new int[] {360, 768, 1280, 3840}) {
            browser().show(width, 900, "light");
            browser().open(exporter.http(), "/usage");
            assertThat((Long) browser().run("return document.documentElement.scrollWidth"))
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

    @ParameterizedTest
    @CsvSource({"light, 1280", "dark, 1280", "light, 360", "dark, 360"})
    void isAccessibleInLightAndDark(String scheme, int width) throws Exception {
        TestExporter exporter = start(null);
        browser().show(width, 800, scheme);
        browser().open(exporter.http(), "/usage");
        assertAccessible("html");
        exporter.playDemo(NOW);
        browser().open(exporter.http(), "/usage");
        assertAccessible("html");
        assertThat(browser().run("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(scheme.equals("light") ? "rgb(244, 246, 248)" : "rgb(16, 21, 28)");
        assertThat((Long) browser().run("return document.documentElement.scrollWidth"))
                .isLessThanOrEqualTo(width);
    }

    private static void assertAccessible(String... parts) {
        var axe = new AxeBuilder()
                .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"))
                .include(List.of(parts));
        assertThat(axe.analyze(browser().driver()).getViolations()).isEmpty();
    }
}
