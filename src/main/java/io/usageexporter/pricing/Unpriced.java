package io.usageexporter.pricing;

import java.math.BigDecimal;

/**
 * Usage that has no price.
 *
 * @param model empty where none was given
 * @param resource such as {@code tokens}, of all kinds together
 */
public record Unpriced(String provider, String model, String resource, BigDecimal amount) {}
