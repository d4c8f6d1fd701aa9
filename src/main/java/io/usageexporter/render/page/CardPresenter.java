package io.usageexporter.render.page;

import io.usageexporter.event.Measure;
import io.usageexporter.quota.ExhaustionForecast;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Quota;
import io.usageexporter.render.Badge;
import io.usageexporter.render.ForecastText;
import io.usageexporter.render.Humanize;
import io.usageexporter.render.UnpricedText;
import io.usageexporter.render.page.Page.Block;
import io.usageexporter.render.page.Page.Card;
import io.usageexporter.render.page.Page.Line;
import io.usageexporter.render.page.Page.Row;
import io.usageexporter.report.Doubt;
import io.usageexporter.report.ProviderHistory;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import io.usageexporter.report.WindowReport;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The card of one provider. */
final class CardPresenter {
    private final Report report;
    private final ProviderReport usage;
    private final ProviderConfig provider;
    private final @Nullable Instant lastEvent;

    CardPresenter(Report report, ProviderReport usage) {
        this.report = report;
        this.usage = usage;
        this.provider = usage.provider();
        this.lastEvent = report.totals().snapshot().lastEvent().get(provider.name());
    }

    Card card(ProviderHistory history, PageQuery query) {
        List<Block> blocks = usage.windows().stream().map(this::block).toList();
        Badge badge = blocks.stream()
                .flatMap(block -> block.rows().stream())
                .map(Row::badge)
                .min(Comparator.naturalOrder())
                .orElse(Badge.UNLIMITED);
        var breakdown = new BreakdownPresenter(usage, history, lastEvent == null, query);
        var charts = new ChartPresenter(
                history,
                breakdown.by(),
                report.thresholds(),
                LocalDate.ofInstant(report.generatedAt(), provider.zone()));
        return new Card(
                id(),
                provider.icon().symbol(),
                provider.displayName(),
                badge,
                notice(),
                blocks,
                breakdown.breakdown(),
                charts.charts(),
                charts.legend());
    }

    private String id() {
        return "provider-" + provider.name();
    }

    private @Nullable String notice() {
        if (lastEvent == null) {
            return "No event yet, so nothing is known.";
        }
        if (usage.doubts().contains(Doubt.NO_EVENT_FOR_A_DAY)) {
            return "The last event was " + Humanize.duration(Duration.between(lastEvent, report.generatedAt()))
                    + " ago. Any usage since then was not recorded.";
        }
        String unpriced =
                provider.resources().contains(Measure.USD) ? UnpricedText.list(usage.window(Window.MONTHLY)) : null;
        return unpriced == null ? null : "This month " + unpriced + " have no price and are not in the cost.";
    }

    /** A quota with its sort keys. */
    record Ranked(Badge badge, BigDecimal percent, boolean runsOut, Line line) {}

    /** Every quota, as lines for the headline. */
    List<Ranked> ranked() {
        var ranked = new ArrayList<Ranked>();
        for (WindowReport window : usage.windows()) {
            window.quotas().forEach((resource, quota) -> {
                ExhaustionForecast forecast = usage.forecasts(window.window()).get(resource);
                String running = running(forecast, window);
                String text = lastEvent == null
                        ? "unknown"
                        : (quota.over().signum() > 0
                                        ? Humanize.amount(resource, quota.over()) + " over the limit of "
                                                + Humanize.amount(resource, quota.limit())
                                        : Humanize.remaining(resource, quota) + " of "
                                                + Humanize.amount(resource, quota.limit()) + " left")
                                + " (" + Humanize.percent(quota) + " used)";
                String end = running == null ? untilReset(window) : running;
                ranked.add(new Ranked(
                        badge(quota),
                        quota.percent(),
                        forecast != null && forecast.kind() == ExhaustionForecast.Kind.RUNS_OUT,
                        new Line(
                                badge(quota),
                                "#" + id(),
                                provider.displayName() + ", " + Humanize.spaced(resource) + " "
                                        + Humanize.current(window.window()),
                                text + "; " + end)));
            });
        }
        return ranked;
    }

    private @Nullable String running(@Nullable ExhaustionForecast forecast, WindowReport window) {
        return forecast == null
                ? null
                : ForecastText.runningOut(forecast, window.resetsAt(), report.generatedAt(), provider.zone());
    }

    private String untilReset(WindowReport window) {
        Instant at = window.resetsAt();
        return at == null
                ? "none is running"
                : "resets in " + Humanize.duration(Duration.between(report.generatedAt(), at));
    }

    private Block block(WindowReport window) {
        var rows = new ArrayList<Row>();
        window.used().keySet().forEach(resource -> rows.add(row(window, resource)));
        Instant at = window.resetsAt();
        return new Block(
                Humanize.capitalized(Humanize.current(window.window())),
                untilReset(window)
                        + (at == null ? "" : " (" + Humanize.time(at, report.generatedAt(), provider.zone()) + ")"),
                at == null ? null : at.toString(),
                rows);
    }

    private Badge badge(Quota quota) {
        return Badge.of(quota, usage.isKnown());
    }

    private Row row(WindowReport window, String resource) {
        String id = id() + "-" + window.window().label() + "-" + resource;
        Quota quota = window.quotas().get(resource);
        if (lastEvent == null) {
            String limit = quota == null ? "no limit" : "limit " + Humanize.amount(resource, quota.limit());
            Badge badge = quota == null ? Badge.UNKNOWN : badge(quota);
            return new Row(
                    id,
                    Humanize.title(resource),
                    badge,
                    limit,
                    null,
                    null,
                    quota == null ? null : GaugePresenter.empty(report.thresholds()),
                    null,
                    false);
        }
        String usedWords = Humanize.used(window, resource) + " used";
        if (quota == null) {
            return new Row(id, Humanize.title(resource), Badge.UNLIMITED, usedWords, null, null, null, null, false);
        }
        ExhaustionForecast forecast = usage.forecasts(window.window()).get(resource);
        return new Row(
                id,
                Humanize.title(resource),
                badge(quota),
                Humanize.used(window, resource) + " / " + Humanize.amount(resource, quota.limit()) + " used",
                quota.over().signum() > 0
                        ? Humanize.amount(resource, quota.over()) + " over"
                        : Humanize.remaining(resource, quota) + " left",
                Humanize.percent(quota),
                GaugePresenter.of(quota),
                window.resetsAt() == null
                        ? null
                        : ForecastText.sentence(forecast, window.resetsAt(), report.generatedAt(), provider.zone()),
                forecast != null && forecast.at() != null);
    }
}
