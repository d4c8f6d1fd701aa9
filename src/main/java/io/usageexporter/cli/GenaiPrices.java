package io.usageexporter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import io.usageexporter.pricing.PublishedPrice;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads genai-prices' table: providers with their models, whose prices are in USD per million tokens or thousand calls and
 * may depend on the date and on the length of the prompt.
 */
final class GenaiPrices {
    private static final Map<String, Measure> MEASURES = Map.of(
            "input_mtok", Measure.tokens(TokenKind.INPUT),
            "output_mtok", Measure.tokens(TokenKind.OUTPUT),
            "cache_read_mtok", Measure.tokens(TokenKind.CACHE_READ),
            "cache_write_mtok", Measure.tokens(TokenKind.CACHE_WRITE_5M),
            "cache_write_5m_mtok", Measure.tokens(TokenKind.CACHE_WRITE_5M),
            "cache_write_1h_mtok", Measure.tokens(TokenKind.CACHE_WRITE_1H),
            "web_searches_kcount", PublishedPrices.WEB_SEARCHES);

    private final String provider;
    private final List<PublishedPrice> prices = new ArrayList<>();

    private GenaiPrices(String provider) {
        this.provider = provider;
    }

    static List<PublishedPrice> read(
            JsonNode providers, Predicate<String> isWanted, Function<String, LocalDate> today) {
        var all = new ArrayList<PublishedPrice>();
        for (JsonNode provider : providers) {
            String name = provider.path("id").asText();
            if (isWanted.test(name)) {
                var found = new GenaiPrices(name);
                for (JsonNode model : provider.path("models")) {
                    JsonNode prices = inForce(model.path("prices"), today.apply(name));
                    prices.properties()
                            .forEach(price -> found.add(model.path("id").asText(), price.getKey(), price.getValue()));
                }
                all.addAll(found.prices);
            }
        }
        return all;
    }

    /** Of several sets of prices the last whose date has come; else the first. */
    private static JsonNode inForce(JsonNode prices, LocalDate today) {
        if (!prices.isArray()) {
            return prices;
        }
        JsonNode last = prices.path(0).path("prices");
        for (JsonNode conditional : prices) {
            JsonNode constraint = conditional.path("constraint");
            String start = constraint.path("start_date").asText();
            if (constraint.isMissingNode() || (!start.isEmpty() && start.compareTo(today.toString()) <= 0)) {
                last = conditional.path("prices");
            }
        }
        return last;
    }

    private void add(String model, String key, JsonNode price) {
        Measure measure = MEASURES.get(key);
        if (measure == null) {
            return;
        }
        int digits = key.endsWith("_kcount") ? 3 : 6;
        JsonNode standard = price.isObject() ? price.path("base") : price;
        add(model, Pricing.STANDARD, measure, PublishedPrices.number(standard), digits, null);
        for (JsonNode tier : price.path("tiers")) {
            BigDecimal usd = PublishedPrices.number(tier.path("price"));
            BigDecimal over = PublishedPrices.number(tier.path("start"));
            add(model, Pricing.of(Pricing.LONG), measure, usd, digits, over);
        }
    }

    private void add(
            String model,
            Pricing pricing,
            Measure measure,
            @Nullable BigDecimal usd,
            int digits,
            @Nullable BigDecimal over) {
        if (usd != null) {
            prices.add(new PublishedPrice(provider, model, pricing, measure, usd.movePointLeft(digits), over));
        }
    }
}
