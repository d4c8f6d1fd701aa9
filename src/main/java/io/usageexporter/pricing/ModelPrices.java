package io.usageexporter.pricing;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The prices of one model. Immutable. */
public final class ModelPrices {
    /** Of a model that has none. */
    static final ModelPrices NONE = new ModelPrices(List.of());

    private static final Measure ANY_TOKENS = Measure.tokens(TokenKind.INPUT);

    private final List<PriceRow> rows;

    /** @param rows those for this model, the most specific and latest first */
    ModelPrices(List<PriceRow> rows) {
        this.rows = rows;
    }

    /** The price in USD of a token or unit on a day, or null where it has none. */
    public @Nullable BigDecimal usd(Pricing pricing, Measure measure, LocalDate day) {
        Quote quote = quote(pricing, measure, day);
        return quote == null ? null : quote.usd();
    }

    /** The price of a token or unit on a day, with the rows that make it, or null where it has none. */
    public @Nullable Quote quote(Pricing pricing, Measure measure, LocalDate day) {
        PriceRow row = first(day, each -> each.covers(measure));
        BigDecimal listUsd = row == null ? null : row.listUsd(pricing, measure, day);
        if (row == null || listUsd == null) {
            return null;
        }
        return new Quote(row, listUsd, row.factor() == null ? first(day, PriceRow::isDiscount) : row);
    }

    /** Whether a row prices tokens of this model on a day. */
    boolean hasTokenPrices(LocalDate day) {
        return first(day, row -> row.covers(ANY_TOKENS)) != null;
    }

    /** The number of tokens that a prompt must exceed on a day to be long; null where the length makes no difference. */
    public @Nullable BigDecimal longPromptOver(LocalDate day) {
        PriceRow row = first(day, each -> each.covers(ANY_TOKENS));
        Tier tier = row == null ? null : row.tokens().longPromptOn(day);
        return tier == null ? null : tier.over();
    }

    private @Nullable PriceRow first(LocalDate day, Predicate<PriceRow> condition) {
        for (PriceRow row : rows) {
            if (row.validity().includes(day) && condition.test(row)) {
                return row;
            }
        }
        return null;
    }
}
