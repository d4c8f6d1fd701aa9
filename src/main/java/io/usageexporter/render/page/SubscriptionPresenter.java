package io.usageexporter.render.page;

import io.usageexporter.provider.PlanWindowState;
import io.usageexporter.quota.ExhaustionForecast.Kind;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Quota;
import io.usageexporter.render.Badge;
import io.usageexporter.render.ForecastText;
import io.usageexporter.render.Humanize;
import io.usageexporter.render.page.CardPresenter.Ranked;
import io.usageexporter.render.page.Page.Block;
import io.usageexporter.render.page.Page.Card;
import io.usageexporter.render.page.Page.Line;
import io.usageexporter.render.page.Page.Row;
import io.usageexporter.report.Report;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The card of one subscription, with the rate-limit windows that its provider reported. */
final class SubscriptionPresenter {
    private final Report report;
    private final ProviderConfig provider;
    private final String organization;
    private final List<PlanWindowState> windows;

    SubscriptionPresenter(Report report, ProviderConfig provider, String organization, List<PlanWindowState> windows) {
        this.report = report;
        this.provider = provider;
        this.organization = organization;
        this.windows = windows;
    }

    Card card() {
        return new Card(
                id(),
                provider.icon().symbol(),
                name(),
                windows.stream().map(this::badge).min(Comparator.naturalOrder()).orElseThrow(),
                organization.isEmpty() ? null : "Organization " + organization,
                windows.stream().map(this::block).toList(),
                Page.NO_BREAKDOWN,
                List.of(),
                List.of());
    }

    private String id() {
        return "subscription-" + provider.name() + "-" + organization;
    }

    private String name() {
        return provider.displayName() + ", subscription";
    }

    /** Every window, as lines for the headline. */
    List<Ranked> ranked() {
        return windows.stream().map(this::ranked).toList();
    }

    private Ranked ranked(PlanWindowState state) {
        Instant reset = state.window().reset();
        String running = ForecastText.runningOut(state.forecast(), reset, report.generatedAt(), provider.zone());
        String text = left(state) + " (" + Humanize.percent(quota(state)) + " used); "
                + (running == null ? resets(reset) : running);
        return new Ranked(
                badge(state),
                quota(state).percent(),
                state.forecast().kind() == Kind.RUNS_OUT,
                new Line(
                        badge(state), "#" + id(), name() + ", " + state.window().name(), text));
    }

    private Block block(PlanWindowState state) {
        Instant reset = state.window().reset();
        String at = reset == null ? "" : " (" + Humanize.time(reset, report.generatedAt(), provider.zone()) + ")";
        return new Block(
                state.window().name(),
                resets(reset) + at,
                reset == null ? null : reset.toString(),
                List.of(row(state)));
    }

    private Row row(PlanWindowState state) {
        String status = state.window().status();
        return new Row(
                id() + "-" + state.window().name(),
                state.isBinding() ? "Limits calls now" : "Used",
                badge(state),
                (status == null ? "" : status.replace('_', ' ') + ", ") + "as of "
                        + Humanize.time(state.reportedAt(), report.generatedAt(), provider.zone()),
                left(state),
                Humanize.percent(quota(state)),
                GaugePresenter.of(quota(state)),
                ForecastText.sentence(state.forecast(), state.window().reset(), report.generatedAt(), provider.zone()),
                state.forecast().at() != null);
    }

    private String resets(@Nullable Instant reset) {
        return reset == null
                ? "reset unknown"
                : "resets in " + Humanize.duration(Duration.between(report.generatedAt(), reset));
    }

    private String left(PlanWindowState state) {
        BigDecimal left = BigDecimal.valueOf(100).subtract(quota(state).percent(1));
        return Humanize.number(left.abs()) + "% " + (left.signum() < 0 ? "over" : "left");
    }

    private Badge badge(PlanWindowState state) {
        return Badge.of(quota(state), state.isKnown(report.generatedAt()));
    }

    private Quota quota(PlanWindowState state) {
        return state.window().quota(report.thresholds());
    }
}
