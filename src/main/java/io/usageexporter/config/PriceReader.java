package io.usageexporter.config;

import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.pricing.ModelPattern;
import io.usageexporter.pricing.PriceRow;
import io.usageexporter.pricing.Tier;
import io.usageexporter.pricing.TokenPrices;
import io.usageexporter.pricing.Validity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads price rows, those of the configuration and the built-in ones. */
final class PriceReader {
    private static final BigDecimal MAX_PRICE = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal MAX_FACTOR = BigDecimal.valueOf(100);
    private static final BigDecimal MAX_PROMPT = BigDecimal.valueOf(1_000_000_000);

    private PriceReader() {}

    /** The rows of the table inside the jar. */
    static List<PriceRow> builtIn() {
        return BuiltIn.ROWS;
    }

    /** The rows of the configuration. */
    static List<PriceRow> read(List<ConfigSection> items) {
        return read(items, false);
    }

    private static List<PriceRow> read(List<ConfigSection> items, boolean isBuiltIn) {
        var rows = new ArrayList<PriceRow>();
        for (ConfigSection item : items) {
            PriceRow row = row(item, isBuiltIn);
            for (int i = 0; i < rows.size(); i++) {
                if (isAmbiguous(row, rows.get(i))) {
                    item.fault("prices the same as prices[" + i + "], with the same provider, model and from");
                }
            }
            rows.add(row);
        }
        return rows;
    }

    /** Whether neither row takes precedence although both price the same. */
    private static boolean isAmbiguous(PriceRow row, PriceRow other) {
        return row.provider().equals(other.provider())
                && row.model().equals(other.model())
                && Objects.equals(row.validity().from(), other.validity().from())
                && ((row.isDiscount() && other.isDiscount())
                        || (!row.tokens().isEmpty() && !other.tokens().isEmpty())
                        || !Collections.disjoint(
                                row.unitsUsd().keySet(), other.unitsUsd().keySet()));
    }

    private static PriceRow row(ConfigSection keys, boolean isBuiltIn) {
        String provider = keys.text("provider", "");
        if (provider.isEmpty()) {
            keys.fault("provider is required");
        }
        ModelPattern model = keys.value(
                "model", ModelPattern.ANY, PriceReader::model, "must be a model, or a prefix that ends with *");
        if (model.equals(ModelPattern.of(UsageEvent.OTHER))) {
            keys.fault("model must not be " + UsageEvent.OTHER + ", which stands for several models");
        }
        LocalDate from = keys.dateOrNull("from");
        LocalDate until = keys.dateOrNull("until");
        if (from != null && until != null && !from.isBefore(until)) {
            keys.fault("until must be after from");
        }
        TokenPrices tokens = tokens(keys);
        SortedMap<String, BigDecimal> units = units(keys.sub("units"));
        BigDecimal factor = keys.numberOrNull("factor", MAX_FACTOR);
        String source = keys.text("source", "");
        var validity = new Validity(from, until, keys.dateOrNull("checked"), keys.flag("confirmed", false));
        if (validity.isAnnounced()) {
            keys.warn("holds from no day, since from is after checked; confirm it by confirmed: true");
        }
        keys.rejectUnknownKeys();
        if (tokens.isEmpty() && units.isEmpty() && factor == null) {
            keys.fault("has no price: give input, output and the like, units, or a factor");
        }
        return new PriceRow(provider, model, validity, tokens, units, factor, source, isBuiltIn);
    }

    private static @Nullable ModelPattern model(YamlNode node) {
        String text = ConfigValues.label(node);
        try {
            return text == null ? null : ModelPattern.of(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static TokenPrices tokens(ConfigSection keys) {
        var tokens = new TokenPrices(
                byKind(keys),
                tier(keys.sub("long_prompt"), true),
                tier(keys.sub("fast"), false),
                keys.numberOrNull("batch", MAX_FACTOR),
                keys.numberOrNull("us", MAX_FACTOR));
        boolean varies = tokens.longPrompt() != null || tokens.fast() != null || tokens.batch() != null;
        if (tokens.isEmpty() && (varies || tokens.us() != null)) {
            keys.fault("long_prompt, fast, batch and us need the standard prices of tokens beside them");
        }
        return tokens;
    }

    private static @Nullable Tier tier(ConfigSection keys, boolean isForLongPrompts) {
        if (keys.isAbsent()) {
            return null;
        }
        BigDecimal over = isForLongPrompts ? keys.numberOrNull("over", MAX_PROMPT) : BigDecimal.ZERO;
        SortedMap<TokenKind, BigDecimal> prices = byKind(keys);
        LocalDate until = keys.dateOrNull("until");
        keys.rejectUnknownKeys();
        if (over == null) {
            keys.fault("over is required: the number of tokens that the prompt must exceed");
        }
        if (prices.isEmpty()) {
            keys.fault("has no price: give input, output and the like");
        }
        return new Tier(over == null ? BigDecimal.ZERO : over, prices, until);
    }

    private static SortedMap<TokenKind, BigDecimal> byKind(ConfigSection keys) {
        var prices = new TreeMap<TokenKind, BigDecimal>();
        for (TokenKind kind : TokenKind.values()) {
            BigDecimal price = keys.numberOrNull(kind.label(), MAX_PRICE);
            if (price != null) {
                prices.put(kind, price);
            }
        }
        return Collections.unmodifiableSortedMap(prices);
    }

    private static SortedMap<String, BigDecimal> units(ConfigSection keys) {
        var prices = new TreeMap<String, BigDecimal>();
        for (String resource : keys.names()) {
            if (!Measure.isResource(resource) || resource.equals(Measure.USD) || resource.equals(Measure.TOKENS)) {
                keys.faultAt(
                        resource, "must be a resource other than usd and tokens, whose kinds have prices per million");
            }
            BigDecimal price = keys.numberOrNull(resource, MAX_PRICE);
            if (price != null) {
                prices.put(resource, price);
            }
        }
        return Collections.unmodifiableSortedMap(prices);
    }

    /** Read when first needed. */
    private static final class BuiltIn {
        static final List<PriceRow> ROWS = load();

        private static List<PriceRow> load() {
            var errors = new ConfigErrors("prices.yml");
            try {
                var keys = new ConfigSection(errors, "", YamlNode.read(ConfigReader.resource("prices.yml")));
                List<PriceRow> rows = PriceReader.read(keys.items("prices"), true);
                if (!errors.all().isEmpty()) {
                    throw new IllegalStateException(String.join("\n", errors.all()));
                }
                return List.copyOf(rows);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
