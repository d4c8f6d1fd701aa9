package io.usageexporter.pricing;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Prices of a provider for some of its models. A row with a factor and no prices is a discount on all prices of rows that
 * have no factor of their own.
 *
 * @param validity when it holds
 * @param tokens per million tokens
 * @param unitsUsd per unit of other resources
 * @param factor by which all its prices are multiplied, such as 0.85 for a discount; null for none
 * @param source where the prices were found; may be empty
 * @param isBuiltIn whether it is from the built-in table rather than the configuration
 */
public record PriceRow(
        String provider,
        ModelPattern model,
        Validity validity,
        TokenPrices tokens,
        SortedMap<String, BigDecimal> unitsUsd,
        @Nullable BigDecimal factor,
        String source,
        boolean isBuiltIn) {
    /** Tokens are priced by the million, all else by the unit. */
    public static final int DIGITS_OF_A_MILLION = 6;

    /** Whether it only changes the prices of other rows. */
    public boolean isDiscount() {
        return tokens.isEmpty() && unitsUsd.isEmpty();
    }

    /** Whether usage of this measure is priced by this row or by none. */
    boolean covers(Measure measure) {
        return measure.kind() == null ? unitsUsd.containsKey(measure.resource()) : !tokens.isEmpty();
    }

    /** The price of a token or unit without the factor, or null where there is none. */
    @Nullable
    BigDecimal listUsd(Pricing pricing, Measure measure, LocalDate day) {
        TokenKind kind = measure.kind();
        if (kind == null) {
            return pricing.isKnown() ? unitsUsd.get(measure.resource()) : null;
        }
        BigDecimal perMillion = tokens.usdPerMillion(pricing, kind, day);
        return perMillion == null ? null : perMillion.movePointLeft(DIGITS_OF_A_MILLION);
    }

    /** Whether it is used instead of another row in every case. */
    boolean replaces(PriceRow other) {
        return !isBuiltIn
                && other.isBuiltIn
                && provider.equals(other.provider)
                && model.literal().equals(other.model.literal())
                && (model.isPrefix() || !other.model.isPrefix())
                && validity.includes(other.validity)
                && (other.tokens.isEmpty() || !tokens.isEmpty())
                && unitsUsd.keySet().containsAll(other.unitsUsd.keySet());
    }
}
