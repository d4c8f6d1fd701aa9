package io.usageexporter.config;

import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.window.Window;
import io.usageexporter.window.WindowCalendar;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the part of the configuration that is about one provider. */
final class ProviderReader {
    private static final String AUTO = "auto";
    private static final int MIN_SERIES = 100;
    private static final int MAX_SERIES = 1_000_000;
    private static final BigDecimal MAX_WEIGHT = BigDecimal.valueOf(1000);

    /** Suffixes that are reserved by the Prometheus formats. */
    private static final Pattern RESERVED = Pattern.compile(".*_(total|created|bucket|count|sum|info)");

    /** Common resources, to suggest for misspelled names. */
    private static final List<String> WELL_KNOWN = List.of(Measure.REQUESTS, Measure.TOKENS, "compute_units");

    private static final String RESOURCE_RULE = "a resource's name must match [a-z][a-z0-9_]* and not end in"
            + " _total, _created, _bucket, _count, _sum or _info";

    private ProviderReader() {}

    /**
     * Reads the keys about what a provider counts.
     *
     * @param prices of what must be counted where money is
     * @param autoLimits receives the resources whose monthly limit is taken from the account
     */
    static ProviderConfig read(
            String name,
            @Nullable ProviderSchema schema,
            ConfigSection keys,
            WindowCalendar defaultCalendar,
            PriceTable prices,
            SortedSet<String> autoLimits) {
        ProviderDefaults defaults = schema == null ? ProviderDefaults.of(name) : schema.defaults(name);
        var resources = new TreeSet<>(keys.texts(
                "resources", List.of(), ProviderReader::isResource, RESOURCE_RULE + "; each may be given once"));
        for (String resource : resources) {
            Spelling.closest(resource, WELL_KNOWN)
                    .ifPresent(meant -> keys.warn("resources: " + resource + ": did you mean " + meant + "?"));
        }
        Map<Window, SortedMap<String, BigDecimal>> limits =
                limits(name, schema, keys.sub("limits"), resources, autoLimits);
        if (resources.isEmpty()) {
            keys.fault("counts nothing: give limits or resources");
        }
        if (resources.contains(Measure.USD)) {
            resources.addAll(prices.resources(name));
            resources.addAll(schema == null ? List.of() : schema.accountResources());
        }
        resources.addAll(defaults.resources());
        resources.add(Measure.USD);
        ConfigSection weights = keys.sub("token_weights");
        var provider = new ProviderConfig(
                name,
                schema == null ? "" : schema.kind(),
                keys.text("display_name", defaults.displayName()),
                defaults.icon(),
                keys.text("category_label", defaults.categoryLabel()),
                List.copyOf(keys.texts("categories", defaults.categories())),
                WindowReader.read(
                        keys,
                        // The account's billing cycle is in UTC.
                        keys.zone("timezone", autoLimits.isEmpty() ? defaultCalendar.zone() : ConfigReader.UTC),
                        defaultCalendar),
                Collections.unmodifiableSortedSet(resources),
                limits,
                tokenWeights(weights),
                keys.wholeNumber("max_series", ProviderConfig.DEFAULT_MAX_SERIES, MIN_SERIES, MAX_SERIES),
                Collections.emptySortedMap());
        if (!weights.isAbsent() && !resources.contains(Measure.TOKENS)) {
            weights.warn("has no effect, since " + name + " does not count " + Measure.TOKENS);
        }
        return provider;
    }

    private static boolean isResource(String name) {
        return Measure.isResource(name) && !RESERVED.matcher(name).matches();
    }

    private static Map<Window, SortedMap<String, BigDecimal>> limits(
            String provider,
            @Nullable ProviderSchema schema,
            ConfigSection keys,
            SortedSet<String> resources,
            SortedSet<String> autoLimits) {
        List<String> tracked = schema == null ? List.of() : schema.trackedResources();
        var limits = new EnumMap<Window, SortedMap<String, BigDecimal>>(Window.class);
        for (Window window : Window.values()) {
            ConfigSection ofWindow = keys.sub(window.label());
            var byResource = new TreeMap<String, BigDecimal>();
            for (String resource : ofWindow.names()) {
                if (!isResource(resource)) {
                    ofWindow.faultAt(resource, RESOURCE_RULE);
                }
                warning(provider, resource, tracked).ifPresent(warning -> ofWindow.warnAt(resource, warning));
                resources.add(resource);
                if (window == Window.MONTHLY
                        && schema != null
                        && schema.accountResources().contains(resource)
                        && ofWindow.consumeIfEquals(resource, AUTO)) {
                    autoLimits.add(resource);
                } else {
                    byResource.put(resource, ofWindow.number(resource, BigDecimal.ZERO, ConfigReader.MAX_LIMIT));
                }
            }
            limits.put(window, Collections.unmodifiableSortedMap(byResource));
        }
        keys.rejectUnknownKeys();
        return Collections.unmodifiableMap(limits);
    }

    /** A warning about a limit of this resource, if one is due. */
    private static Optional<String> warning(String provider, String resource, List<String> tracked) {
        if (tracked.isEmpty()) {
            return Spelling.closest(resource, WELL_KNOWN).map(meant -> "did you mean " + meant + "?");
        }
        return tracked.contains(resource)
                ? Optional.empty()
                : Optional.of("only posted events count towards this; automatic tracking of " + provider + " covers "
                        + String.join(", ", tracked) + Spelling.question(resource, tracked));
    }

    private static Map<TokenKind, BigDecimal> tokenWeights(ConfigSection keys) {
        var weights = new EnumMap<TokenKind, BigDecimal>(TokenKind.class);
        for (TokenKind kind : TokenKind.values()) {
            // Tokens read from the cache do not count towards Anthropic's input limit.
            BigDecimal defaultWeight = kind == TokenKind.CACHE_READ ? BigDecimal.ZERO : BigDecimal.ONE;
            weights.put(kind, keys.number(kind.label(), defaultWeight, MAX_WEIGHT));
        }
        keys.rejectUnknownKeys();
        return Collections.unmodifiableMap(weights);
    }
}
