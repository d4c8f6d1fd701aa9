package io.usageexporter.pricing;

import static java.util.Objects.requireNonNull;

import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import io.usageexporter.testing.Configs;
import java.math.BigDecimal;
import java.time.LocalDate;

/** Price tables, and prices as text. */
final class Prices {
    static final PriceTable BUILT_IN = table("");

    private Prices() {}

    /** The table of a configuration with these rows, one a line. */
    static PriceTable table(String rows) {
        var yaml =
                new StringBuilder("providers: {anthropic: {resources: [tokens]}, apify: {resources: [compute_units]}}");
        yaml.append(rows.isEmpty() ? "" : "\nprices:");
        rows.lines().forEach(row -> yaml.append("\n  - {").append(row).append('}'));
        try {
            return Configs.read("my.yml", yaml.toString()).prices();
        } catch (InvalidConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** USD per million tokens of a model of Anthropic's, or {@code none}. */
    static String perMillion(PriceTable table, String model, String pricing, String kind, String day) {
        BigDecimal usd = table.usd(
                "anthropic",
                model,
                Pricing.of(pricing),
                Measure.tokens(requireNonNull(TokenKind.of(kind))),
                LocalDate.parse(day));
        return usd == null ? "none" : Decimals.plain(usd.movePointRight(6));
    }

    /** USD per unit of a resource, or {@code none}. */
    static String perUnit(
            PriceTable table, String provider, String model, String pricing, String resource, String day) {
        BigDecimal usd = table.usd(provider, model, Pricing.of(pricing), Measure.of(resource), LocalDate.parse(day));
        return usd == null ? "none" : Decimals.plain(usd);
    }
}
