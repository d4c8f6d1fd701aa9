package io.usageexporter.render.page;

import io.usageexporter.quota.Quota;
import io.usageexporter.render.Badge;
import io.usageexporter.render.page.Page.Line;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The line of the headline that sums up consumers' own quotas. */
final class ConsumersLine {
    private ConsumersLine() {}

    /** The line, which leads to the provider where the worst is; null if all are good. */
    static @Nullable Line of(Report report) {
        List<Badge> badges =
                report.providers().stream().flatMap(ConsumersLine::badges).toList();
        long critical = count(badges, Badge.CRITICAL);
        long warning = count(badges, Badge.WARNING);
        if (critical + warning == 0) {
            return null;
        }
        ProviderReport worst = report.providers().stream()
                .min(Comparator.comparing(provider ->
                        badges(provider).min(Comparator.naturalOrder()).orElse(Badge.UNLIMITED)))
                .orElseThrow();
        return new Line(
                critical > 0 ? Badge.CRITICAL : Badge.WARNING,
                new PageQuery(By.CONSUMER, false).link(BreakdownPresenter.id(worst.provider())),
                "Consumers' own quotas",
                critical == 0
                        ? warning + " of " + badges.size() + " in warning"
                        : critical + " of " + badges.size() + " critical"
                                + (warning == 0 ? "" : ", " + warning + " in warning"));
    }

    private static long count(List<Badge> badges, Badge badge) {
        return badges.stream().filter(each -> each == badge).count();
    }

    private static Stream<Badge> badges(ProviderReport provider) {
        return provider.windows().stream()
                .flatMap(window -> window.consumerQuotas().values().stream())
                .flatMap(quotas -> quotas.values().stream())
                .map((Quota quota) -> Badge.of(quota, provider.isKnown()));
    }
}
