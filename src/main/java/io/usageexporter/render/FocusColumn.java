package io.usageexporter.render;

import io.usageexporter.event.Decimals;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of the FinOps Open Cost and Usage Specification (FOCUS) 1.2.
 *
 * @param id the name in the header
 * @param value what it holds; null where there is none
 */
record FocusColumn(String id, Function<FocusRow, @Nullable Object> value) {
    /**
     * In the order of the specification, which is alphabetical: all mandatory ones, the conditional ones whose condition
     * holds, and the recommended ones whose value is known. Then our own.
     */
    static final List<FocusColumn> ALL = List.of(
            new FocusColumn("BilledCost", FocusRow::cost),
            new FocusColumn("BillingAccountId", row -> row.provider().name()),
            new FocusColumn("BillingAccountName", row -> null),
            new FocusColumn("BillingCurrency", row -> "USD"),
            new FocusColumn("BillingPeriodEnd", row -> row.month().resetsAt()),
            new FocusColumn("BillingPeriodStart", row -> row.month().startsAt()),
            new FocusColumn("ChargeCategory", row -> "Usage"),
            new FocusColumn("ChargeClass", row -> null),
            new FocusColumn("ChargeDescription", FocusRow::description),
            new FocusColumn("ChargeFrequency", row -> "Usage-Based"),
            new FocusColumn("ChargePeriodEnd", row -> row.day().resetsAt()),
            new FocusColumn("ChargePeriodStart", row -> row.day().startsAt()),
            new FocusColumn("ConsumedQuantity", FocusRow::amount),
            new FocusColumn("ConsumedUnit", row -> row.sku().unit()),
            new FocusColumn("ContractedCost", FocusRow::cost),
            new FocusColumn("ContractedUnitPrice", FocusRow::contractedUnitPrice),
            new FocusColumn("EffectiveCost", FocusRow::cost),
            new FocusColumn("InvoiceIssuerName", row -> row.provider().name()),
            new FocusColumn("ListCost", FocusRow::listCost),
            new FocusColumn("ListUnitPrice", FocusRow::listUnitPrice),
            new FocusColumn("PricingCategory", row -> row.sku().pricingCategory()),
            new FocusColumn("PricingQuantity", FocusRow::pricingQuantity),
            new FocusColumn("PricingUnit", row -> row.sku().pricingUnit()),
            new FocusColumn("ProviderName", row -> row.provider().name()),
            new FocusColumn("PublisherName", row -> row.provider().name()),
            new FocusColumn("RegionId", row -> row.sku().isUs() ? "us" : null),
            new FocusColumn("RegionName", row -> row.sku().isUs() ? "US" : null),
            new FocusColumn("ServiceCategory", row -> row.isModelService() ? "AI and Machine Learning" : "Other"),
            new FocusColumn("ServiceName", row -> row.provider().displayName()),
            new FocusColumn("ServiceSubcategory", row -> row.isModelService() ? "Generative AI" : "Other (Other)"),
            new FocusColumn("SkuId", row -> row.sku().id()),
            new FocusColumn("SkuMeter", row -> row.sku().meter()),
            new FocusColumn("SkuPriceDetails", row -> row.sku().priceDetails()),
            new FocusColumn("SkuPriceId", row -> row.sku().priceId()),
            new FocusColumn("Tags", row -> row.sku().tags()),
            new FocusColumn("x_CostBasis", FocusRow::costBasis));

    /** The exact value in plain text. */
    @Nullable
    String text(FocusRow row) {
        Object it = value.apply(row);
        return it instanceof BigDecimal number ? Decimals.plain(number) : it == null ? null : it.toString();
    }
}
