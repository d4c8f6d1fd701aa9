package io.usageexporter.report;

import io.usageexporter.event.Measure;
import java.math.BigDecimal;

/**
 * The price that holds today for usage that a provider has.
 *
 * @param model as exported; empty where events name none
 * @param pricing empty for the standard price
 * @param usd per token or unit
 */
public record PriceInForce(String provider, String model, String pricing, Measure measure, BigDecimal usd) {
    /** The kind of tokens, or the resource. */
    public String kind() {
        return measure.kind() == null ? measure.resource() : measure.kind().label();
    }
}
