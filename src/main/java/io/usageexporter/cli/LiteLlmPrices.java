package io.usageexporter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import io.usageexporter.pricing.PublishedPrice;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads LiteLLM's table: models that name their provider, with prices in USD per token, whose keys end with what they
 * depend on, and with factors.
 */
final class LiteLlmPrices {
    private static final Map<String, Measure> MEASURES = Map.of(
            "input_cost_per_token", Measure.tokens(TokenKind.INPUT),
            "output_cost_per_token", Measure.tokens(TokenKind.OUTPUT),
            "cache_read_input_token_cost", Measure.tokens(TokenKind.CACHE_READ),
            "cache_creation_input_token_cost", Measure.tokens(TokenKind.CACHE_WRITE_5M),
            "cache_creation_input_token_cost_above_1hr", Measure.tokens(TokenKind.CACHE_WRITE_1H));

    private static final Pattern KEY =
            Pattern.compile("(?<base>[a-z_]+?(_above_1hr)?)(_above_(?<over>\\d{1,6})k_tokens)?(?<batch>_batches)?");

    private final String provider;
    private final String model;
    private final List<PublishedPrice> prices;

    private LiteLlmPrices(String provider, String model, List<PublishedPrice> prices) {
        this.provider = provider;
        this.model = model;
        this.prices = prices;
    }

    static List<PublishedPrice> read(JsonNode models, Predicate<String> isWanted) {
        var all = new ArrayList<PublishedPrice>();
        models.properties().forEach(entry -> {
            String provider = entry.getValue().path("litellm_provider").asText();
            if (isWanted.test(provider)) {
                String key = entry.getKey();
                String model = key.startsWith(provider + "/") ? key.substring(provider.length() + 1) : key;
                new LiteLlmPrices(provider, model, all).addAll(entry.getValue());
            }
        });
        return all;
    }

    private void addAll(JsonNode entry) {
        JsonNode factors = entry.path("provider_specific_entry");
        entry.properties()
                .forEach(price -> addTokens(price.getKey(), PublishedPrices.number(price.getValue()), factors));
        JsonNode search = entry.path("search_context_cost_per_query").path("search_context_size_medium");
        BigDecimal usd = PublishedPrices.number(search);
        if (usd != null) {
            add(Pricing.STANDARD, PublishedPrices.WEB_SEARCHES, usd, null);
        }
    }

    private void addTokens(String key, @Nullable BigDecimal usd, JsonNode factors) {
        Matcher parts = KEY.matcher(key);
        Measure measure = parts.matches() ? MEASURES.get(parts.group("base")) : null;
        if (measure == null || usd == null) {
            return;
        }
        BigDecimal over = parts.group("over") == null ? null : new BigDecimal(parts.group("over") + "000");
        Pricing pricing = over == null ? Pricing.STANDARD : Pricing.of(Pricing.LONG);
        pricing = parts.group("batch") == null ? pricing : pricing.with(Pricing.BATCH);
        add(pricing, measure, usd, over);
        if (pricing.isStandard()) {
            for (String part : List.of(Pricing.FAST, Pricing.US)) {
                BigDecimal factor = PublishedPrices.number(factors.path(part));
                if (factor != null) {
                    add(Pricing.of(part), measure, usd.multiply(factor), null);
                }
            }
        }
    }

    private void add(Pricing pricing, Measure measure, BigDecimal usd, @Nullable BigDecimal over) {
        prices.add(new PublishedPrice(provider, model, pricing, measure, usd, over));
    }
}
