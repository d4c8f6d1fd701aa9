package io.usageexporter.render.page;

import io.usageexporter.report.WindowReport;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Ranks the parts of usage. */
final class Ranking {
    private Ranking() {}

    /** The names in some windows of one provider, by their largest share of any resource, descending. */
    static List<String> byLargestShare(By by, Collection<WindowReport> windows) {
        var totals = new HashMap<String, BigDecimal>();
        var parts = new HashMap<String, Map<String, BigDecimal>>();
        for (WindowReport window : windows) {
            window.used().forEach((resource, used) -> totals.merge(resource, used, BigDecimal::add));
            by.parts(window).forEach((name, byResource) -> {
                Map<String, BigDecimal> sums = parts.computeIfAbsent(name, key -> new HashMap<>());
                byResource.forEach((resource, used) -> sums.merge(resource, used, BigDecimal::add));
            });
        }
        return new TreeSet<>(parts.keySet())
                .stream()
                        .sorted(Comparator.comparingDouble(
                                name -> -largestShare(parts.getOrDefault(name, Map.of()), totals)))
                        .toList();
    }

    private static double largestShare(Map<String, BigDecimal> parts, Map<String, BigDecimal> totals) {
        return parts.entrySet().stream()
                .filter(part -> part.getValue().signum() > 0)
                .mapToDouble(part -> part.getValue().doubleValue()
                        / totals.getOrDefault(part.getKey(), part.getValue()).doubleValue())
                .max()
                .orElse(0);
    }
}
