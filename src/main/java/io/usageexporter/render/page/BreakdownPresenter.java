package io.usageexporter.render.page;

import io.usageexporter.event.Measure;
import io.usageexporter.quota.ConsumerConfig;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Quota;
import io.usageexporter.render.Badge;
import io.usageexporter.render.Humanize;
import io.usageexporter.render.page.Page.Amounts;
import io.usageexporter.render.page.Page.Breakdown;
import io.usageexporter.render.page.Page.Link;
import io.usageexporter.render.page.Page.OwnQuota;
import io.usageexporter.render.page.Page.Part;
import io.usageexporter.render.page.Page.Tab;
import io.usageexporter.report.ProviderHistory;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.WindowReport;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Who used one provider: a table by category, consumer or model. */
final class BreakdownPresenter {
    private static final int TOP = 10;
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final BigDecimal LEAST_PERCENT = new BigDecimal("0.1");

    /** By how much the rounding of money may change the sum of two parts. */
    private static final BigDecimal ROUNDING = new BigDecimal("0.000001");

    private final ProviderReport usage;
    private final ProviderConfig provider;
    private final boolean isKnown;
    private final List<By> choices;
    private final PageQuery query;
    private final WindowReport day;
    private final WindowReport month;

    /**
     * @param isEmpty whether there is no event yet, so that nothing is known
     * @param asked for; where the provider has nothing to show by that, it is shown by category
     */
    BreakdownPresenter(ProviderReport usage, ProviderHistory history, boolean isEmpty, PageQuery asked) {
        this.usage = usage;
        this.provider = usage.provider();
        this.isKnown = !isEmpty;
        this.day = usage.window(Window.DAILY);
        this.month = usage.window(Window.MONTHLY);
        this.choices = Stream.of(By.values())
                .filter(by -> by == By.CATEGORY || hasParts(by, history))
                .toList();
        this.query = choices.contains(asked.by()) ? asked : new PageQuery(By.CATEGORY, asked.allRows());
    }

    private boolean hasParts(By by, ProviderHistory history) {
        return Stream.concat(usage.windows().stream(), history.windows().stream())
                        .anyMatch(window -> !by.parts(window).isEmpty())
                || (by == By.CONSUMER && hasQuotas());
    }

    private boolean hasQuotas() {
        return usage.windows().stream()
                .anyMatch(window -> !window.consumerQuotas().isEmpty());
    }

    /** What the card is divided by. */
    By by() {
        return query.by();
    }

    Breakdown breakdown() {
        String id = id(provider);
        List<Tab> tabs = choices.stream()
                .map(by -> new Tab(label(by), new PageQuery(by, query.allRows()).link(id), by == by()))
                .toList();
        List<String> resources =
                provider.resources().stream().map(Humanize::title).toList();
        List<Part> parts = parts();
        boolean isLong = parts.size() > TOP + 1;
        List<Part> shown = isLong && !query.allRows() ? parts.subList(0, TOP) : parts;
        String share = "Share of " + Humanize.spaced(primary());
        Link more = isLong
                ? new Link(
                        query.allRows() ? "only the first " + TOP : "and " + (parts.size() - TOP) + " more",
                        new PageQuery(by(), !query.allRows()).link(id))
                : null;
        return new Breakdown(
                id,
                label(by()),
                tabs.size() == 1 ? List.of() : tabs,
                share,
                resources,
                shown,
                more,
                TableWidth.of(share, resources, shown));
    }

    /** The id of a provider's breakdown. */
    static String id(ProviderConfig provider) {
        return "provider-" + provider.name() + "-by";
    }

    private String label(By by) {
        return switch (by) {
            case CATEGORY -> provider.categoryLabel();
            case CONSUMER -> "Consumer";
            case MODEL -> "Model";
        };
    }

    private List<Part> parts() {
        var names = new LinkedHashSet<String>(Ranking.byLargestShare(by(), List.of(month)));
        if (by() == By.CONSUMER) {
            usage.windows()
                    .forEach(window -> names.addAll(window.consumerQuotas().keySet()));
        }
        var sorted = new ArrayList<>(names);
        sorted.sort(Comparator.comparing(this::primaryAmount).reversed());
        var parts = new ArrayList<Part>();
        for (String name : sorted) {
            parts.add(part(
                    displayName(provider, by(), name),
                    by().parts(day).getOrDefault(name, zeros()),
                    by().parts(month).getOrDefault(name, zeros()),
                    quotas(name)));
        }
        SortedMap<String, BigDecimal> restOfMonth = rest(month);
        if (restOfMonth.values().stream().anyMatch(amount -> amount.signum() > 0)) {
            parts.add(part("no " + by().label(), rest(day), restOfMonth, List.of()));
        }
        return parts;
    }

    /** What a part is shown as. */
    static String displayName(ProviderConfig provider, By by, String name) {
        ConsumerConfig consumer = by == By.CONSUMER ? provider.consumers().get(name) : null;
        return consumer == null ? name : consumer.displayName();
    }

    private Part part(
            String name, SortedMap<String, BigDecimal> today, SortedMap<String, BigDecimal> all, List<OwnQuota> own) {
        List<Amounts> amounts = provider.resources().stream()
                .map(resource -> new Amounts(Humanize.title(resource), number(today, resource), number(all, resource)))
                .toList();
        return new Part(name, share(all), own, amounts);
    }

    private String number(SortedMap<String, BigDecimal> part, String resource) {
        BigDecimal amount = part.get(resource);
        return amount == null || !isKnown ? "unknown" : Humanize.amount(resource, amount);
    }

    private SortedMap<String, BigDecimal> zeros() {
        var zeros = new TreeMap<String, BigDecimal>();
        provider.resources().forEach(resource -> zeros.put(resource, BigDecimal.ZERO));
        return zeros;
    }

    /** Usage that names none. */
    private SortedMap<String, BigDecimal> rest(WindowReport window) {
        var rest = new TreeMap<String, BigDecimal>(window.used());
        var parts = by().parts(window).values();
        parts.forEach(part -> part.forEach(
                (resource, amount) -> rest.computeIfPresent(resource, (key, left) -> left.subtract(amount))));
        rest.computeIfPresent(
                Measure.USD,
                (usd, left) -> left.compareTo(ROUNDING.multiply(BigDecimal.valueOf(parts.size() + 1L))) <= 0
                        ? (window.isAtLeast(usd) ? null : BigDecimal.ZERO)
                        : left);
        return rest;
    }

    /** The resource whose shares are shown: money where all of it is known, or else tokens. */
    private String primary() {
        List<String> candidates = new ArrayList<>(List.of(Measure.USD, Measure.TOKENS));
        candidates.addAll(provider.resources());
        return candidates.stream()
                .filter(resource -> !month.isAtLeast(resource) && used(resource).signum() > 0)
                .findFirst()
                .orElse(provider.resources().first());
    }

    private BigDecimal primaryAmount(String name) {
        return by().parts(month)
                .getOrDefault(name, Collections.emptySortedMap())
                .getOrDefault(primary(), BigDecimal.ZERO);
    }

    private BigDecimal used(String resource) {
        return month.used().getOrDefault(resource, BigDecimal.ZERO);
    }

    private String share(SortedMap<String, BigDecimal> part) {
        BigDecimal amount = part.get(primary());
        BigDecimal all = used(primary());
        if (amount == null || all.signum() == 0) {
            return "–";
        }
        BigDecimal percent = amount.multiply(HUNDRED).divide(all, 1, RoundingMode.HALF_UP);
        return amount.signum() > 0 && percent.compareTo(LEAST_PERCENT) < 0
                ? "<" + LEAST_PERCENT + "%"
                : Humanize.number(percent) + "%";
    }

    private List<OwnQuota> quotas(String consumer) {
        var quotas = new ArrayList<OwnQuota>();
        if (by() == By.CONSUMER) {
            for (WindowReport window : usage.windows()) {
                window.consumerQuotas()
                        .getOrDefault(consumer, Collections.emptySortedMap())
                        .forEach((resource, quota) -> quotas.add(quota(window.window(), resource, quota)));
            }
        }
        return quotas;
    }

    private OwnQuota quota(Window window, String resource, Quota quota) {
        String limit = Humanize.quantity(resource, quota.limit()) + " " + Humanize.current(window);
        return isKnown && !quota.isUnknown()
                ? new OwnQuota(Badge.of(quota, usage.isKnown()), Humanize.percent(quota), "of " + limit)
                : new OwnQuota(Badge.UNKNOWN, null, "limit " + limit);
    }
}
