package io.usageexporter.pricing;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A price row in the form in which the configuration takes it. */
public final class PriceRowText {
    private static final Pattern PLAIN = Pattern.compile("(?!(true|false|null)$)[a-z][a-z0-9._-]*");

    private final StringJoiner text = new StringJoiner(", ", "{", "}");

    private PriceRowText() {}

    /** One line of YAML, with a comment where the row is not a built-in one that holds. */
    public static String of(PriceRow row) {
        String yaml = new PriceRowText().add(row).text.toString();
        return row.validity().isAnnounced()
                ? yaml + "  # announced, holds once confirmed"
                : row.isBuiltIn() ? yaml : yaml + "  # from the configuration";
    }

    private PriceRowText add(PriceRow row) {
        Validity validity = row.validity();
        TokenPrices tokens = row.tokens();
        text.add("provider: " + scalar(row.provider()));
        if (!row.model().equals(ModelPattern.ANY)) {
            text.add("model: " + scalar(row.model().toString()));
        }
        add("from", validity.from());
        add("until", validity.until());
        add(tokens.standard());
        Tier longPrompt = tokens.longPrompt();
        addTier("long_prompt", longPrompt == null ? null : longPrompt.over(), longPrompt);
        addTier("fast", null, tokens.fast());
        add("batch", tokens.batch());
        add("us", tokens.us());
        if (!row.unitsUsd().isEmpty()) {
            var units = new PriceRowText();
            row.unitsUsd().forEach(units::add);
            text.add("units: " + units.text);
        }
        add("factor", row.factor());
        add("checked", validity.checked());
        if (validity.confirmed()) {
            text.add("confirmed: true");
        }
        if (!row.source().isEmpty()) {
            text.add("source: " + quoted(row.source()));
        }
        return this;
    }

    private void add(String key, @Nullable Object value) {
        if (value instanceof BigDecimal number) {
            text.add(key + ": " + Decimals.plain(number));
        } else if (value != null) {
            text.add(key + ": " + value);
        }
    }

    private void add(SortedMap<TokenKind, BigDecimal> prices) {
        prices.forEach((kind, price) -> add(kind.label(), price));
    }

    private void addTier(String key, @Nullable BigDecimal over, @Nullable Tier tier) {
        if (tier != null) {
            var prices = new PriceRowText();
            prices.add("over", over);
            prices.add(tier.usdPerMillion());
            prices.add("until", tier.until());
            text.add(key + ": " + prices.text);
        }
    }

    private static String scalar(String text) {
        return PLAIN.matcher(text).matches() ? text : quoted(text);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
