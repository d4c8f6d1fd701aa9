package io.usageexporter.render;

import io.usageexporter.event.Measure;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Quota;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import io.usageexporter.report.WindowReport;
import io.usageexporter.window.Window;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** The report as text for a terminal or a chat: one block per window and provider, such as for today, then for this month. */
public final class TextView {
    private TextView() {}

    /** Blocks separated by empty lines. */
    public static String render(Report report) {
        var text = new StringBuilder();
        for (Window window : Window.values()) {
            for (ProviderReport provider : report.providers()) {
                for (WindowReport each : provider.windows()) {
                    if (each.window() == window) {
                        text.append(text.length() == 0 ? "" : "\n");
                        block(text, provider, each, report.generatedAt());
                    }
                }
            }
        }
        return text.toString();
    }

    private static void block(StringBuilder text, ProviderReport report, WindowReport window, Instant now) {
        ProviderConfig provider = report.provider();
        text.append(provider.icon().emoji())
                .append(' ')
                .append(provider.displayName())
                .append(" - ")
                .append(Humanize.title(Humanize.current(window.window())))
                .append('\n');
        window.used().keySet().forEach(resource -> {
            Quota quota = window.quotas().get(resource);
            text.append(Humanize.title(resource))
                    .append(": ")
                    .append(
                            quota == null
                                    ? Humanize.used(window, resource) + " (no limit)"
                                    : used(resource, quota, report))
                    .append('\n');
        });
        if (!window.quotas().isEmpty()) {
            text.append(window.quotas().entrySet().stream()
                    .map(quota -> (quota.getValue().isAtLeast() ? "at most " : "")
                            + Humanize.quantity(quota.getKey(), quota.getValue().remaining()))
                    .collect(Collectors.joining(", ", "Remaining: ", "\n")));
        }
        report.forecasts(window.window()).forEach((resource, forecast) -> {
            String sentence = ForecastText.runningOut(forecast, window.resetsAt(), now, provider.zone());
            if (sentence != null) {
                text.append(Humanize.capitalized(resource))
                        .append(' ')
                        .append(sentence)
                        .append(over(window, resource))
                        .append(".\n");
            }
        });
        consumers(text, report, window);
        String unpriced = UnpricedText.list(window);
        if (unpriced != null && window.used().containsKey(Measure.USD)) {
            text.append("Without a price: ").append(unpriced).append(".\n");
        }
        if (window.resetsAt() == null) {
            text.append("No session is running.\n");
        }
        if (!report.isKnown()) {
            text.append("Unknown: ").append(report.unknown()).append(".\n");
        }
    }

    private static String used(String resource, Quota quota, ProviderReport report) {
        return Humanize.used(resource, quota.used(), quota.isAtLeast()) + " / "
                + Humanize.amount(resource, quota.limit()) + " ("
                + Humanize.percent(quota) + ") "
                + Badge.of(quota, report.isKnown()).emoji();
    }

    private static void consumers(StringBuilder text, ProviderReport report, WindowReport window) {
        List<ConsumerQuota> quotas = ConsumerQuota.of(report.provider(), window);
        int shown = Math.min(ConsumerQuota.TOP, quotas.size());
        for (ConsumerQuota each : quotas.subList(0, shown)) {
            text.append(Humanize.title(each.resource()))
                    .append(" of ")
                    .append(each.consumer())
                    .append(": ")
                    .append(used(each.resource(), each.quota(), report))
                    .append('\n');
        }
        if (shown < quotas.size()) {
            text.append("And ").append(quotas.size() - shown).append(" more quotas of consumers.\n");
        }
    }

    private static String over(WindowReport window, String resource) {
        Quota quota = window.quotas().get(resource);
        return quota == null || quota.over().signum() == 0
                ? ""
                : "; " + Humanize.amount(resource, quota.over()) + " over the limit";
    }
}
