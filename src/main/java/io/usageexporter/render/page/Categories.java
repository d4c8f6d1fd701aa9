package io.usageexporter.render.page;

import io.usageexporter.report.WindowReport;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Ranks categories. */
final class Categories {
    private Categories() {}

    /** The categories of some windows of one provider, by their largest share of any resource, descending. */
    static List<String> byLargestShare(Collection<WindowReport> windows) {
        var totals = new HashMap<String, BigDecimal>();
        var parts = new HashMap<String, Map<String, BigDecimal>>();
        for (WindowReport window : windows) {
            window.used().forEach((resource, used) -> totals.merge(resource, used, BigDecimal::add));
            window.breakdown().forEach((category, byResource) -> {
                Map<String, BigDecimal> sums = parts.computeIfAbsent(category, key -> new HashMap<>());
                byResource.forEach((resource, used) -> sums.merge(resource, used, BigDecimal::add));
            });
        }
        return new TreeSet<>(parts.keySet())
                .stream()
                        .sorted(Comparator.comparingDouble(
                                category -> -largestShare(parts.getOrDefault(category, Map.of()), totals)))
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
