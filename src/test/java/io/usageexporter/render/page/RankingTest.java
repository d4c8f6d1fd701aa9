package io.usageexporter.render.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.report.WindowReport;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RankingTest {
    private static WindowReport day(Map<String, Map<String, Integer>> breakdown) {
        var used = new TreeMap<String, BigDecimal>();
        var parts = new TreeMap<String, SortedMap<String, BigDecimal>>();
        breakdown.forEach((category, byResource) -> byResource.forEach((resource, amount) -> {
            used.merge(resource, BigDecimal.valueOf(amount), BigDecimal::add);
            parts.computeIfAbsent(category, key -> new TreeMap<>()).put(resource, BigDecimal.valueOf(amount));
        }));
        var span = new Window.Span(LocalDate.EPOCH, LocalDate.EPOCH.plusDays(1), Instant.EPOCH, Instant.EPOCH);
        return new WindowReport(
                Window.DAILY,
                span,
                used,
                new TreeMap<>(),
                parts,
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>());
    }

    @Test
    void sharesAreOfAllDaysAndNotOfOne() {
        WindowReport burst = day(Map.of("steady", Map.of("tokens", 30), "burst", Map.of("tokens", 50)));
        WindowReport calm = day(Map.of("steady", Map.of("tokens", 30), "burst", Map.of("tokens", 0)));

        assertThat(Ranking.byLargestShare(By.CATEGORY, List.of(burst, calm))).containsExactly("steady", "burst");
    }

    @Test
    void largestShareOfAnyResourceDecides() {
        WindowReport day = day(Map.of(
                "few large", Map.of("requests", 1, "tokens", 900_000),
                "many small", Map.of("requests", 95, "tokens", 50_000),
                "neither", Map.of("requests", 4, "tokens", 50_000)));

        assertThat(Ranking.byLargestShare(By.CATEGORY, List.of(day)))
                .containsExactly("many small", "few large", "neither");
    }

    @Test
    void categoriesWithoutUsageAreSortedByName() {
        WindowReport day = day(Map.of("b", Map.of("tokens", 0), "a", Map.of("tokens", 0)));

        assertThat(Ranking.byLargestShare(By.CATEGORY, List.of(day))).containsExactly("a", "b");
        assertThat(Ranking.byLargestShare(By.CATEGORY, List.of())).isEmpty();
    }
}
