package io.usageexporter.quota;

import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.SeriesBound;
import io.usageexporter.window.Window;
import io.usageexporter.window.WindowCalendar;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A provider as configured. Immutable.
 *
 * @param name the key under which events name it
 * @param kind the kind of integration that tracks its usage; empty if only posted events count
 * @param displayName shown to people
 * @param icon shown before the display name
 * @param categoryLabel what its categories are, such as "Request type"
 * @param categories categories that exist from the start, at 0
 * @param calendar when its windows begin
 * @param resources all resources it counts, with or without a limit, in display order
 * @param limits by window and resource; a pair that is absent has no limit
 * @param tokenWeights how much a token of each kind counts towards a quota
 * @param maxSeries the maximum number of series of its counters
 * @param consumers the configured consumers, by name
 */
public record ProviderConfig(
        String name,
        String kind,
        String displayName,
        Icon icon,
        String categoryLabel,
        List<String> categories,
        WindowCalendar calendar,
        SortedSet<String> resources,
        Map<Window, SortedMap<String, BigDecimal>> limits,
        Map<TokenKind, BigDecimal> tokenWeights,
        int maxSeries,
        SortedMap<String, ConsumerConfig> consumers) {
    /** The maximum number of series where the configuration gives none. */
    public static final int DEFAULT_MAX_SERIES = SeriesBound.DEFAULT_MAX;

    /** The zone of its clock. */
    public ZoneId zone() {
        return calendar.zone();
    }

    /** The windows that it is shown in: by day and month, and each other in which anything is limited. */
    public List<Window> windows() {
        return Stream.of(Window.values())
                .filter(window -> window == Window.DAILY
                        || window == Window.MONTHLY
                        || allLimits()
                                .anyMatch(byWindow -> !byWindow.getOrDefault(window, Collections.emptySortedMap())
                                        .isEmpty()))
                .toList();
    }

    /** The hours and sessions to count. */
    public CountedWindows countedWindows() {
        List<Window> shown = windows();
        return new CountedWindows(
                shown.contains(Window.HOURLY), shown.contains(Window.SESSION) ? calendar.sessionLength() : null);
    }

    /** The limit of a resource in a window, or null where it has none. */
    public @Nullable BigDecimal limit(Window window, String resource) {
        SortedMap<String, BigDecimal> ofWindow = limits.get(window);
        return ofWindow == null ? null : ofWindow.get(resource);
    }

    /** Everything it counts: its resources, with each kind of tokens. */
    public List<Measure> measures() {
        var measures = new ArrayList<Measure>();
        for (String resource : resources) {
            if (resource.equals(Measure.TOKENS)) {
                for (TokenKind kind : TokenKind.values()) {
                    measures.add(Measure.tokens(kind));
                }
            } else {
                measures.add(Measure.of(resource));
            }
        }
        return measures;
    }

    /** Whether a resource has a limit in any window, of all consumers together or of one. */
    public boolean isLimited(String resource) {
        return ofAllWindows().anyMatch(ofWindow -> ofWindow.containsKey(resource));
    }

    /** Whether anything has a limit, of all consumers together or of one. */
    public boolean hasLimits() {
        return ofAllWindows().anyMatch(ofWindow -> !ofWindow.isEmpty());
    }

    private Stream<SortedMap<String, BigDecimal>> ofAllWindows() {
        return allLimits().flatMap(byWindow -> byWindow.values().stream());
    }

    private Stream<Map<Window, SortedMap<String, BigDecimal>>> allLimits() {
        return Stream.concat(Stream.of(limits), consumers.values().stream().map(ConsumerConfig::limits));
    }

    /** The same provider with this resource only. */
    public ProviderConfig only(String resource) {
        return withResources(new TreeSet<>(Set.of(resource)));
    }

    /** The same provider with this resource. */
    public ProviderConfig with(String resource) {
        return with(List.of(resource));
    }

    /** The same provider with these resources. */
    public ProviderConfig with(Collection<String> further) {
        if (resources.containsAll(further)) {
            return this;
        }
        var all = new TreeSet<>(resources);
        all.addAll(further);
        return withResources(all);
    }

    /** The same provider without this resource. */
    public ProviderConfig without(String resource) {
        var others = new TreeSet<>(resources);
        others.remove(resource);
        return withResources(others);
    }

    private ProviderConfig withResources(SortedSet<String> others) {
        return new ProviderConfig(
                name,
                kind,
                displayName,
                icon,
                categoryLabel,
                categories,
                calendar,
                others,
                limits,
                tokenWeights,
                maxSeries,
                consumers);
    }

    /** The same provider with these consumers. */
    public ProviderConfig with(SortedMap<String, ConsumerConfig> configured) {
        return new ProviderConfig(
                name,
                kind,
                displayName,
                icon,
                categoryLabel,
                categories,
                calendar,
                resources,
                limits,
                tokenWeights,
                maxSeries,
                Collections.unmodifiableSortedMap(configured));
    }

    /** The same provider with the months of its account, and the monthly limits of these resources. */
    public ProviderConfig with(AccountPlan plan, Set<String> planned) {
        var monthly = new TreeMap<String, BigDecimal>(limits.getOrDefault(Window.MONTHLY, new TreeMap<>()));
        plan.limits().forEach((resource, limit) -> {
            if (planned.contains(resource)) {
                monthly.put(resource, limit);
            }
        });
        var all = new EnumMap<Window, SortedMap<String, BigDecimal>>(limits);
        all.put(Window.MONTHLY, Collections.unmodifiableSortedMap(monthly));
        return new ProviderConfig(
                name,
                kind,
                displayName,
                icon,
                categoryLabel,
                categories,
                calendar.withResetDay(plan.resetDay()),
                resources,
                Collections.unmodifiableMap(all),
                tokenWeights,
                maxSeries,
                consumers);
    }

    /** How much an amount counts towards a quota. */
    public BigDecimal counted(Measure measure, BigDecimal units) {
        TokenKind kind = measure.kind();
        return kind == null ? units : units.multiply(tokenWeights.getOrDefault(kind, BigDecimal.ONE));
    }
}
