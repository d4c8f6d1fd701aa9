package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One counter: all usage ever of one measure. Names past the cap of their dimension are exported as {@code other}.
 *
 * @param category as exported
 * @param consumer as exported; empty where events name none
 * @param model as exported; empty where events name none
 * @param pricing as exported; empty for the standard price
 */
public record Series(String provider, String category, String consumer, String model, String pricing, Measure measure) {
    /** A series without a consumer, at the standard price. */
    public Series(String provider, String category, String model, Measure measure) {
        this(provider, category, "", model, "", measure);
    }

    /** The series of another measure with the same names. */
    public Series of(Measure other) {
        return new Series(provider, category, consumer, model, pricing, other);
    }

    /** The same usage at another price. */
    Series at(Pricing other) {
        return new Series(provider, category, consumer, model, other.text(), measure);
    }

    /** By hand, for speed: a long history puts hundreds of thousands of these into maps. */
    @Override
    public int hashCode() {
        int hash = 31 * category.hashCode() + consumer.hashCode();
        hash = 31 * hash + model.hashCode();
        hash = 31 * hash + pricing.hashCode();
        return 31 * hash + measure.hashCode();
    }

    @Override
    public String toString() {
        return Stream.of(provider, category, consumer, model, pricing, measure.toString())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
    }
}
