package io.usageexporter.totals;

import io.usageexporter.event.Measure;

/**
 * One counter: all usage ever of one measure.
 *
 * @param category as exported, {@code other} past the cap
 * @param model as exported, {@code other} past the cap; empty where events name none
 */
public record Series(String provider, String category, String model, Measure measure) {
    @Override
    public String toString() {
        return provider + " " + category + (model.isEmpty() ? "" : " " + model) + " " + measure;
    }
}
