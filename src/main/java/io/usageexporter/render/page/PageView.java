package io.usageexporter.render.page;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.usageexporter.event.Measure;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.render.Badge;
import io.usageexporter.render.page.CardPresenter.Ranked;
import io.usageexporter.render.page.Page.Card;
import io.usageexporter.render.page.Page.Headline;
import io.usageexporter.render.page.Page.Line;
import io.usageexporter.render.page.Page.Link;
import io.usageexporter.report.Health;
import io.usageexporter.report.History;
import io.usageexporter.report.HistoryQuery;
import io.usageexporter.report.ProviderHistory;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import io.usageexporter.report.TrackingReport;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The report as the page of {@code GET /usage}. Thread-safe. */
public final class PageView {
    private static final int HEADLINE_LINES = 5;

    /** Beyond this number of cards details are collapsed, so that twelve fit on two screens. */
    private static final int DETAILED_CARDS = 6;

    private static final DateTimeFormatter GENERATED_AT = DateTimeFormatter.ofPattern("HH:mm:ss z", Locale.ENGLISH);
    private static final Comparator<Ranked> WORST_FIRST =
            Comparator.comparing(Ranked::badge).thenComparing(Ranked::percent, Comparator.reverseOrder());

    private PageView() {}

    /** A card with its quotas, worst first. */
    private record RankedCard(Card card, List<Ranked> quotas) {
        static RankedCard of(Card card, List<Ranked> quotas) {
            return new RankedCard(card, quotas.stream().sorted(WORST_FIRST).toList());
        }

        Badge badge() {
            return card.badge();
        }

        BigDecimal percent() {
            return quotas.isEmpty() ? BigDecimal.ZERO : quotas.get(0).percent();
        }
    }

    /** Initialized when the page is first requested. */
    private static final class Templates {
        static final TemplateEngine ENGINE = TemplateEngine.createPrecompiled(
                null, ContentType.Html, null, "io.usageexporter.render.page.templates");
    }

    /**
     * Renders an HTML document.
     *
     * @param report the current report, whose totals include the days of the charts
     * @param tracking whose subscriptions have cards, too
     * @param query what the reader asked for
     * @param url under which the client reaches the exporter, such as {@code http://localhost:5000}
     */
    public static String render(Report report, TrackingReport tracking, PageQuery query, String url) {
        var html = new StringOutput();
        Templates.ENGINE.render("usage.jte", page(report, tracking, query, url), html);
        return html.toString();
    }

    private static Page page(Report report, TrackingReport tracking, PageQuery query, String url) {
        List<ProviderHistory> histories = History.of(
                        report.thresholds(),
                        report.providers().stream()
                                .map(ProviderReport::provider)
                                .toList(),
                        report.totals(),
                        HistoryQuery.lastDays(Page.CHART_DAYS),
                        report.generatedAt())
                .providers()
                .stream()
                .map(each -> new ProviderHistory(each.provider(), List.copyOf(each.windows())))
                .toList();
        var cards = new ArrayList<RankedCard>();
        for (int i = 0; i < report.providers().size(); i++) {
            ProviderReport provider = report.providers().get(i);
            var presenter = new CardPresenter(report, provider);
            cards.add(RankedCard.of(presenter.card(histories.get(i), query), presenter.ranked()));
            tracking.subscriptions(provider.provider().name()).forEach((organization, windows) -> {
                var subscription = new SubscriptionPresenter(report, provider.provider(), organization, windows);
                cards.add(RankedCard.of(subscription.card(), subscription.ranked()));
            });
        }
        List<Ranked> ranked =
                cards.stream().flatMap(card -> card.quotas().stream()).toList();
        cards.sort(
                Comparator.comparing(RankedCard::badge).thenComparing(RankedCard::percent, Comparator.reverseOrder()));
        boolean empty = report.totals().snapshot().lastEvent().isEmpty();
        return new Page(
                headline(ranked, ConsumersLine.of(report), empty),
                notices(report.health()),
                empty ? firstSteps(report, url) : null,
                cards.stream().map(RankedCard::card).toList(),
                cards.size() > DETAILED_CARDS,
                GENERATED_AT.format(report.generatedAt().atZone(ZoneId.of("UTC"))),
                report.generatedAt().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static Headline headline(List<Ranked> ranked, @Nullable Line consumers, boolean empty) {
        // A subscription's windows are known before any usage is recorded.
        if (empty && ranked.stream().noneMatch(each -> each.badge().compareTo(Badge.UNKNOWN) < 0)) {
            return new Headline(Badge.UNKNOWN, "No usage recorded yet", List.of(), null, null);
        }
        if (ranked.isEmpty()) {
            return new Headline(Badge.UNLIMITED, "No limits are configured", List.of(), null, consumers);
        }
        List<Ranked> sorted = ranked.stream().sorted(WORST_FIRST).toList();
        List<Line> bad = sorted.stream()
                .filter(each -> each.badge().compareTo(Badge.UNKNOWN) < 0 || each.runsOut())
                .map(Ranked::line)
                .toList();
        List<Line> lines = bad.isEmpty() ? List.of(sorted.get(0).line()) : bad;
        int shown = Math.min(HEADLINE_LINES, lines.size());
        Link more = lines.size() == shown
                ? null
                : new Link(
                        "and " + (lines.size() - shown) + " more",
                        lines.get(shown).href());
        return new Headline(sorted.get(0).badge(), counts(ranked), lines.subList(0, shown), more, consumers);
    }

    private static String counts(List<Ranked> ranked) {
        var parts = new ArrayList<String>();
        for (Badge badge : Badge.values()) {
            long count = ranked.stream().filter(each -> each.badge() == badge).count();
            if (count > 0) {
                parts.add(count + " " + (badge == Badge.WARNING ? "in warning" : badge.css()));
            }
        }
        long running = ranked.stream().filter(Ranked::runsOut).count();
        String quotas = ranked.size() == 1 ? "1 quota: " : ranked.size() + " quotas: ";
        return quotas
                + String.join(", ", parts)
                + (running == 0 ? "" : running == 1 ? "; 1 will run out" : "; " + running + " will run out");
    }

    private static List<String> notices(Health health) {
        var notices = new ArrayList<String>();
        if (!health.ledgerWritable()) {
            notices.add("The ledger cannot be written: events are rejected, and current usage is not counted."
                    + " See the exporter's log.");
        }
        if (!health.configurationCurrent()) {
            notices.add("The configuration file could not be read: the limits shown are the previous ones."
                    + " See the exporter's log.");
        }
        return notices;
    }

    private static @Nullable String firstSteps(Report report, String url) {
        if (report.providers().isEmpty()) {
            return null;
        }
        ProviderConfig provider = report.providers().get(0).provider();
        String resource = provider.resources().contains(Measure.TOKENS)
                ? Measure.TOKENS
                : provider.resources().isEmpty()
                        ? Measure.REQUESTS
                        : provider.resources().first();
        String category = provider.categories().stream()
                .filter(name -> name.matches("[\\w .-]+")) // others would need shell quoting
                .findFirst()
                .orElse("first");
        return "curl " + url + "/api/usage -H 'Content-Type: application/json' \\\n"
                + "  -d '{\"provider\": \"" + provider.name() + "\", \"category\": \"" + category + "\", \"usage\": {\""
                + resource + "\": 1}}'";
    }
}
