package io.usageexporter.config;

import io.usageexporter.config.TrackingConfig.OnExhausted;
import io.usageexporter.event.Decimals;
import io.usageexporter.forwarded.ReverseProxies;
import io.usageexporter.pricing.PriceRow;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.window.WindowCalendar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration file. Errors are collected while reading continues, so that the user sees all of them at once.
 */
public final class ConfigReader {
    /** The largest limit. */
    static final BigDecimal MAX_LIMIT = BigDecimal.TEN.pow(18);

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]*");
    private static final int MAX_NAME = 100;

    /** An event must be known for as long as it may be repeated or counts in a current window. */
    private static final Duration MIN_EVENTS_KEPT = Duration.ofDays(60);

    private static final Duration FOR_EVER = Duration.ofDays(100_000);

    /** Equals {@code timezone: UTC}, unlike an offset of 0. */
    static final ZoneId UTC = ZoneId.of("UTC");

    private final List<? extends ProviderSchema> schemas;

    /** @param schemas of the kinds of providers that are known */
    public ConfigReader(List<? extends ProviderSchema> schemas) {
        this.schemas = List.copyOf(schemas);
    }

    /** The configuration of this file, or the built-in defaults if it is null. */
    public Config load(@Nullable Path file) throws InvalidConfigException {
        return load(file, warning -> {});
    }

    /**
     * The configuration of this file, or the built-in defaults if it is null.
     *
     * @param warnings receives warnings about settings that are valid but probably not meant, with file, line and key
     */
    public Config load(@Nullable Path file, Consumer<String> warnings) throws InvalidConfigException {
        if (file == null) {
            return defaults();
        }
        return read(file.toString(), ConfigDocument.text(file), warnings);
    }

    /** The built-in defaults, from a configuration file inside the jar. */
    public Config defaults() {
        try {
            return read("default.yml", resource("default.yml"));
        } catch (InvalidConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The text of a file inside the jar. */
    static String resource(String name) {
        try (var stream = ConfigReader.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The configuration of this text.
     *
     * @param source the file's name, for messages
     */
    public Config read(String source, String yaml) throws InvalidConfigException {
        return read(source, yaml, warning -> {});
    }

    private Config read(String source, String yaml, Consumer<String> warnings) throws InvalidConfigException {
        return ConfigDocument.read(source, yaml, true, warnings, this::config);
    }

    private Config config(ConfigSection keys, Path folder) {
        ZoneId zone = keys.zone("timezone", UTC);
        Thresholds thresholds = thresholds(keys);
        WindowCalendar calendar = WindowReader.read(keys, zone, WindowCalendar.of(UTC, 1));
        ReverseProxies reverseProxies = ReverseProxyReader.read(keys);
        ConfigSection all = keys.sub("providers");
        List<ConfigSection> priceItems = keys.items("prices");
        List<PriceRow> priceRows = PriceReader.read(priceItems);
        var prices = new PriceTable(Stream.concat(priceRows.stream(), PriceReader.builtIn().stream())
                .toList());
        var providers = new TreeMap<String, ProviderConfig>();
        var tracking = new TreeMap<String, TrackingConfig>();
        var rejecting = new TreeMap<String, ConfigSection>();
        for (String name : all.names()) {
            ConfigSection provider = all.sub(name);
            if (!NAME.matcher(name).matches() || name.length() > MAX_NAME) {
                provider.fault("a provider's name must match " + NAME + ", up to " + MAX_NAME + " characters"
                        + capitals(name));
            }
            ProviderSchema schema = schema(name, provider);
            if (schema == null) {
                warnOfSimilarName(name, provider);
            }
            var autoLimits = new TreeSet<String>();
            ProviderConfig counted = ProviderReader.read(name, schema, provider, calendar, prices, autoLimits);
            providers.put(name, counted);
            TrackingConfig tracked = schema == null
                    ? null
                    : TrackingReader.read(
                            schema, counted, provider, folder, Collections.unmodifiableSortedSet(autoLimits));
            if (tracked != null) {
                tracking.put(name, tracked);
            }
            provider.rejectUnknownKeys();
            if (tracked != null
                    && tracked.gateway().onExhausted() == OnExhausted.REJECT
                    && tracked.autoLimits().isEmpty()) {
                rejecting.put(name, provider);
            }
        }
        if (all.isAbsent()) {
            keys.fault("providers is required: a configuration file replaces the built-in one");
        }
        warnOfUnknownProviders(priceRows, priceItems, providers.keySet());
        ConsumerReader.read(keys.sub("consumers"), prices, providers);
        List<ApiToken> apiTokens = ApiTokenReader.read(keys.items("api_tokens"));
        rejecting.forEach((name, provider) -> {
            if (!Objects.requireNonNull(providers.get(name)).hasLimits()) {
                provider.warn("gateway.on_exhausted: reject has no effect without a limit");
            }
        });
        Duration eventsKept = eventsKept(keys);
        keys.rejectUnknownKeys();
        return new Config(
                thresholds,
                Collections.unmodifiableSortedMap(providers),
                Collections.unmodifiableSortedMap(tracking),
                prices,
                reverseProxies,
                eventsKept,
                apiTokens);
    }

    private static @Nullable Duration eventsKept(ConfigSection keys) {
        ConfigSection retention = keys.sub("retention");
        Duration kept = retention.duration(
                "events",
                FOR_EVER,
                MIN_EVENTS_KEPT,
                FOR_EVER,
                "must be a duration of " + MIN_EVENTS_KEPT.toDays() + "d or more, such as 400d");
        retention.rejectUnknownKeys();
        return kept.equals(FOR_EVER) ? null : kept;
    }

    private static void warnOfUnknownProviders(List<PriceRow> rows, List<ConfigSection> items, Set<String> providers) {
        for (int i = 0; i < rows.size(); i++) {
            String provider = rows.get(i).provider();
            if (!provider.isEmpty() && !providers.contains(provider)) {
                items.get(i)
                        .warn("has no effect, since there is no provider " + Shown.text(provider)
                                + Spelling.question(provider, providers));
            }
        }
    }

    /** The kind of a provider: that of its name, or else the one given; null if there is neither. */
    private @Nullable ProviderSchema schema(String name, ConfigSection provider) {
        for (ProviderSchema schema : schemas) {
            if (schema.isNamedByKind() && schema.kind().equals(name)) {
                return schema;
            }
        }
        List<String> kinds = kinds(false);
        String kind = provider.oneOf("kind", kinds);
        return schemas.stream()
                .filter(schema -> schema.kind().equals(kind))
                .findFirst()
                .orElse(null);
    }

    private List<String> builtIn() {
        return kinds(true);
    }

    private List<String> kinds(boolean areNames) {
        return schemas.stream()
                .filter(schema -> schema.isNamedByKind() == areNames)
                .map(ProviderSchema::kind)
                .toList();
    }

    private String capitals(String name) {
        String small = name.toLowerCase(Locale.ROOT);
        return builtIn().contains(small) ? "; did you mean " + small + "?" : "";
    }

    /** A known name with a suffix, such as apify-eu or anthropic2, is deliberate. */
    private void warnOfSimilarName(String name, ConfigSection provider) {
        Spelling.closest(name, builtIn())
                .filter(known -> !name.matches(known + "[^a-z].*"))
                .ifPresent(known -> provider.warn("did you mean " + known + "? " + name
                        + " is a separate provider that only"
                        + " counts posted events: it has no gateway, and no event of " + known + " counts towards it"));
    }

    private static Thresholds thresholds(ConfigSection keys) {
        ConfigSection given = keys.sub("thresholds");
        BigDecimal warning = given.number("warning", Thresholds.DEFAULT.warning(), BigDecimal.ONE);
        BigDecimal critical = given.number("critical", Thresholds.DEFAULT.critical(), BigDecimal.ONE);
        given.rejectUnknownKeys();
        if (warning.compareTo(critical) > 0) {
            given.fault("warning must not be above critical (" + Decimals.plain(critical) + ")");
            return Thresholds.DEFAULT;
        }
        return new Thresholds(warning, critical);
    }
}
