package io.usageexporter.render;

import io.usageexporter.provider.PlanWindowState;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Quota;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import io.usageexporter.report.TrackingReport;
import java.util.List;

/** The windows of subscriptions as text that follows that of {@link TextView}: one block per subscription. */
public final class PlanWindowsText {
    private PlanWindowsText() {}

    /** Blocks that begin with an empty line; empty if no subscription is known. */
    public static String render(Report report, TrackingReport tracking) {
        var text = new StringBuilder();
        for (ProviderReport provider : report.providers()) {
            tracking.subscriptions(provider.provider().name())
                    .forEach(
                            (organization, windows) -> block(text, report, provider.provider(), organization, windows));
        }
        return text.toString();
    }

    private static void block(
            StringBuilder text,
            Report report,
            ProviderConfig provider,
            String organization,
            List<PlanWindowState> windows) {
        text.append('\n')
                .append(provider.icon().emoji())
                .append(' ')
                .append(provider.displayName())
                .append(" - Subscription")
                .append(organization.isEmpty() ? "" : " " + organization)
                .append('\n');
        for (PlanWindowState state : windows) {
            Quota quota = state.window().quota(report.thresholds());
            boolean known = state.isKnown(report.generatedAt());
            text.append(state.window().name())
                    .append(": ")
                    .append(Humanize.percent(quota))
                    .append(' ')
                    .append(Badge.of(quota, known).emoji())
                    .append('\n');
            String sentence = ForecastText.runningOut(
                    state.forecast(), state.window().reset(), report.generatedAt(), provider.zone());
            if (sentence != null) {
                text.append(state.window().name()).append(' ').append(sentence).append(".\n");
            }
        }
    }
}
