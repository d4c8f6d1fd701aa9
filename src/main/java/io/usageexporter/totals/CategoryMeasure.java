package io.usageexporter.totals;

import io.usageexporter.event.Measure;

/**
 * What a day's total is broken down by.
 *
 * @param category as exported, {@code other} past the cap
 */
public record CategoryMeasure(String category, Measure measure) {
    @Override
    public String toString() {
        return category + " " + measure;
    }
}
