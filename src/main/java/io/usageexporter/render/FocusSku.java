package io.usageexporter.render;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import io.usageexporter.pricing.PriceRow;
import io.usageexporter.totals.Series;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a series is of, in the words of FOCUS: a SKU is a model and a measure, its price depends on the pricing too. */
record FocusSku(Series series) {
    String id() {
        return joined("/", series.provider(), series.model(), series.measure().toString());
    }

    String priceId() {
        return joined("+", id(), series.pricing());
    }

    @Nullable
    String priceDetails() {
        TokenKind kind = series.measure().kind();
        return json(
                "x_Model",
                series.model(),
                "x_TokenKind",
                kind == null ? "" : kind.label(),
                "x_Pricing",
                series.pricing());
    }

    @Nullable
    String tags() {
        return json("category", series.category(), "consumer", series.consumer());
    }

    String pricingCategory() {
        return pricing().isKnown() && !pricing().has(Pricing.PRIORITY) ? "Standard" : "Other";
    }

    boolean isUs() {
        return pricing().has(Pricing.US);
    }

    private Pricing pricing() {
        return Pricing.parse(series.pricing());
    }

    boolean isMoney() {
        return series.measure().equals(Measure.MONEY);
    }

    boolean isTokens() {
        return series.measure().kind() != null;
    }

    /** Such as {@code Input Tokens}. */
    String meter() {
        TokenKind kind = series.measure().kind();
        return isMoney() ? "Reported Cost" : kind == null ? unit() : Humanize.title(kind.label()) + " Tokens";
    }

    /** Such as {@code Tokens}. */
    String unit() {
        return isMoney() ? "US Dollars" : Humanize.title(series.measure().resource());
    }

    /** Such as {@code 1000000 Tokens}. */
    String pricingUnit() {
        return (isTokens() ? "1" + "0".repeat(digitsOfPricingUnit()) + " " : "") + unit();
    }

    /** How many zeros the number of units has that a price is for. */
    int digitsOfPricingUnit() {
        return isTokens() ? PriceRow.DIGITS_OF_A_MILLION : 0;
    }

    /** Such as {@code Input Tokens, claude-opus-5-5, batch}. */
    @Override
    public String toString() {
        return joined(", ", meter(), series.model(), series.pricing());
    }

    private static String joined(String separator, String... parts) {
        return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(separator));
    }

    /** An object of those keys whose value is not empty; null if there are none. */
    private static @Nullable String json(String... keysAndValues) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            if (!keysAndValues[i + 1].isEmpty()) {
                object.put(keysAndValues[i], keysAndValues[i + 1]);
            }
        }
        return object.isEmpty() ? null : object.toString();
    }
}
