package io.usageexporter.render;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.pricing.Charge;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.pricing.Quote;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.totals.Series;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Usage of a day and what it costs, as a row of FOCUS. Costs that are not known are 0, since FOCUS does not allow null. */
public final class FocusRow {
    private final ProviderConfig provider;
    private final LocalDate date;
    private final FocusSku sku;
    private final BigDecimal amount;
    private final @Nullable Charge charge;

    /**
     * A row at the prices of a table.
     *
     * @param date in the provider's zone
     * @param amount more than 0
     */
    public FocusRow(PriceTable prices, ProviderConfig provider, LocalDate date, Series series, BigDecimal amount) {
        this.provider = provider;
        this.date = date;
        this.sku = new FocusSku(series);
        this.amount = amount;
        this.charge = prices.charge(
                series.provider(), series.model(), Pricing.parse(series.pricing()), series.measure(), date, amount);
    }

    /** Whether no price is known. */
    public boolean isUnpriced() {
        return charge == null;
    }

    ProviderConfig provider() {
        return provider;
    }

    boolean isModelService() {
        return provider.resources().contains(Measure.TOKENS);
    }

    FocusSku sku() {
        return sku;
    }

    Window.Span day() {
        return provider.calendar().containing(Window.DAILY, date);
    }

    Window.Span month() {
        return provider.calendar().containing(Window.MONTHLY, date);
    }

    BigDecimal amount() {
        return amount;
    }

    BigDecimal pricingQuantity() {
        return amount.movePointLeft(sku.digitsOfPricingUnit());
    }

    BigDecimal cost() {
        return charge == null ? BigDecimal.ZERO : charge.usd();
    }

    BigDecimal listCost() {
        Quote quote = quote();
        return quote == null ? cost() : amount.multiply(quote.listUsd());
    }

    @Nullable
    BigDecimal contractedUnitPrice() {
        return unitPrice(Quote::usd);
    }

    @Nullable
    BigDecimal listUnitPrice() {
        return unitPrice(Quote::listUsd);
    }

    private @Nullable BigDecimal unitPrice(Function<Quote, BigDecimal> price) {
        Quote quote = quote();
        if (quote != null) {
            return price.apply(quote).movePointRight(sku.digitsOfPricingUnit());
        }
        return charge == null ? null : sku.isMoney() ? BigDecimal.ONE : BigDecimal.ZERO;
    }

    private @Nullable Quote quote() {
        return charge == null ? null : charge.quote();
    }

    String costBasis() {
        return charge == null
                ? "Unknown"
                : sku.isMoney() ? "Reported" : charge.quote() == null ? "Included" : "Price List";
    }

    String description() {
        return sku + ": "
                + switch (costBasis()) {
                    case "Unknown" -> "no price is known, so the cost is missing";
                    case "Reported" -> "cost that was reported with the usage";
                    case "Included" -> "no charge of its own";
                    default -> price();
                };
    }

    private String price() {
        BigDecimal price = contractedUnitPrice();
        return price == null ? "" : "USD " + Decimals.plain(price) + (sku.isTokens() ? " per million" : " each");
    }
}
