package io.usageexporter.render.page;

import io.usageexporter.event.Measure;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.render.Humanize;
import io.usageexporter.render.page.Page.Bar;
import io.usageexporter.render.page.Page.Chart;
import io.usageexporter.render.page.Page.Legend;
import io.usageexporter.render.page.Page.Rule;
import io.usageexporter.render.page.Page.Segment;
import io.usageexporter.report.ProviderHistory;
import io.usageexporter.report.WindowReport;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The charts of one provider: a stacked bar per day, the limit and both thresholds. */
final class ChartPresenter {
    /** Number of parts with their own colour; the others share one. */
    private static final int COLOURS = 5;

    private static final int HEIGHT = 150;
    private static final int LABEL_HEIGHT = 14;
    private static final double HEADROOM = 1.06;
    private static final String OTHERS = "all others";
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);

    private final ProviderConfig provider;
    private final By by;
    private final Thresholds thresholds;
    private final LocalDate today;
    private final Map<LocalDate, WindowReport> days;
    private final List<String> coloured;
    private final boolean others;

    ChartPresenter(ProviderHistory history, By by, Thresholds thresholds, LocalDate today) {
        this.provider = history.provider();
        this.by = by;
        this.thresholds = thresholds;
        this.today = today;
        this.days = history.windows().stream()
                .collect(Collectors.toMap(day -> day.span().from(), day -> day));
        List<String> names = Ranking.byLargestShare(by, history.windows());
        this.coloured = names.subList(0, Math.min(COLOURS, names.size()));
        this.others = names.size() > COLOURS || history.windows().stream().anyMatch(this::hasOthers);
    }

    /** Whether some usage names none. */
    private boolean hasOthers(WindowReport day) {
        return day.used().keySet().stream()
                .anyMatch(resource -> !resource.equals(Measure.USD)
                        && by.parts(day).values().stream()
                                        .map(part -> part.getOrDefault(resource, BigDecimal.ZERO))
                                        .reduce(BigDecimal.ZERO, BigDecimal::add)
                                        .compareTo(used(day, resource))
                                < 0);
    }

    List<Legend> legend() {
        var legend = new ArrayList<Legend>();
        for (String name : coloured) {
            legend.add(new Legend("c" + legend.size(), displayName(name)));
        }
        if (others) {
            legend.add(new Legend("c" + COLOURS, OTHERS));
        }
        if (daysBeforeFirstEvent() > 0) {
            legend.add(new Legend("gap", "before the first event"));
        }
        return legend;
    }

    private String displayName(String name) {
        return BreakdownPresenter.displayName(provider, by, name);
    }

    private int daysBeforeFirstEvent() {
        int count = 0;
        while (count < Page.CHART_DAYS && !days.containsKey(today.minusDays(Page.CHART_DAYS - 1L - count))) {
            count++;
        }
        return count;
    }

    List<Chart> charts() {
        return provider.resources().stream().map(this::chart).toList();
    }

    private Chart chart(String resource) {
        BigDecimal limit = provider.limit(Window.DAILY, resource);
        BigDecimal peak = days.values().stream()
                .map(day -> used(day, resource))
                .max(BigDecimal::compareTo)
                .orElse(BigDecimal.ZERO);
        double top = HEADROOM * Math.max(peak.doubleValue(), limit == null ? 0 : limit.doubleValue());
        var bars = new ArrayList<Bar>();
        for (int i = 0; i < Page.CHART_DAYS; i++) {
            LocalDate date = today.minusDays(Page.CHART_DAYS - 1L - i);
            WindowReport day = days.get(date);
            if (day != null) {
                bars.add(bar(i, date, day, resource, top));
            }
        }
        return new Chart(
                Humanize.title(resource),
                summary(resource, limit, peak),
                "api/usage/history?days=" + Page.CHART_DAYS + "&provider=" + query(provider.name()) + "&resource="
                        + query(resource),
                percent(daysBeforeFirstEvent() * 100.0 / Page.CHART_DAYS),
                bars,
                limit == null || top == 0 ? List.of() : rules(resource, limit, top),
                List.of(
                        DATE.format(today.minusDays(Page.CHART_DAYS - 1L)),
                        DATE.format(today.minusDays(Page.CHART_DAYS / 2)),
                        "today"));
    }

    private Bar bar(int index, LocalDate date, WindowReport day, String resource, double top) {
        var parts = new LinkedHashMap<String, BigDecimal>();
        BigDecimal rest = used(day, resource);
        for (String name : coloured) {
            SortedMap<String, BigDecimal> ofName = by.parts(day).getOrDefault(name, Collections.emptySortedMap());
            BigDecimal part = ofName.getOrDefault(resource, BigDecimal.ZERO);
            parts.put(displayName(name), part);
            rest = rest.subtract(part);
        }
        if (others) {
            parts.put(OTHERS, rest);
        }
        var segments = new ArrayList<Segment>();
        double bottom = HEIGHT;
        int colour = 0;
        for (BigDecimal part : parts.values()) {
            if (part.signum() > 0 && top > 0) {
                double height = Math.max(0.5, part.doubleValue() / top * HEIGHT);
                bottom -= height;
                segments.add(new Segment("c" + colour, pixels(bottom), pixels(height)));
            }
            colour++;
        }
        String detail = parts.entrySet().stream()
                .filter(part -> part.getValue().signum() > 0)
                .map(part -> part.getKey() + ": " + Humanize.amount(resource, part.getValue()))
                .collect(Collectors.joining("\n"));
        return new Bar(
                percent((index + 0.1) * 100 / Page.CHART_DAYS),
                percent(0.8 * 100 / Page.CHART_DAYS),
                DATE.format(date) + ": " + Humanize.amount(resource, used(day, resource))
                        + (detail.isEmpty() ? "" : "\n" + detail),
                segments);
    }

    private List<Rule> rules(String resource, BigDecimal limit, double top) {
        var rules = new ArrayList<Rule>();
        rules.add(rule("limit", limit, top, "limit " + Humanize.amount(resource, limit), null));
        rules.add(rule("critical", limit.multiply(thresholds.critical()), top, share(thresholds.critical()), rules));
        rules.add(rule("warning", limit.multiply(thresholds.warning()), top, share(thresholds.warning()), rules));
        return rules;
    }

    private static Rule rule(String css, BigDecimal value, double top, String label, @Nullable List<Rule> above) {
        double at = HEIGHT - value.doubleValue() / top * HEIGHT;
        boolean room =
                above == null || above.stream().allMatch(rule -> at - Double.parseDouble(rule.top()) >= LABEL_HEIGHT);
        return new Rule(css, pixels(at), pixels(at + 4), room ? label : "");
    }

    private static String share(BigDecimal threshold) {
        return Humanize.number(threshold.movePointRight(2)) + "%";
    }

    private String summary(String resource, @Nullable BigDecimal limit, BigDecimal peak) {
        String name = Humanize.spaced(resource);
        if (days.isEmpty()) {
            return "No usage recorded in the last " + Page.CHART_DAYS + " days.";
        }
        LocalDate peakDay = days.entrySet().stream()
                .filter(day -> used(day.getValue(), resource).compareTo(peak) == 0)
                .map(Map.Entry::getKey)
                .max(LocalDate::compareTo)
                .orElse(today);
        String most =
                "Most " + name + " on a day: " + Humanize.amount(resource, peak) + ", on " + DATE.format(peakDay) + ".";
        if (limit == null) {
            return most + " There is no daily limit.";
        }
        long reached = days.values().stream()
                .filter(day -> used(day, resource).compareTo(limit) >= 0)
                .count();
        return most + " The daily limit of " + Humanize.amount(resource, limit) + " was reached on "
                + (reached == 0 ? "no day." : reached == 1 ? "one day." : reached + " days.");
    }

    private static BigDecimal used(WindowReport day, String resource) {
        return day.used().getOrDefault(resource, BigDecimal.ZERO);
    }

    private static String query(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f%%", value);
    }

    private static String pixels(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
