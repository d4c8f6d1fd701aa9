package io.usageexporter.provider.anthropic;

import java.time.temporal.ChronoUnit;

/** How long the buckets are into which Anthropic's reports divide time. They begin at whole ones of UTC. */
public enum BucketWidth {
    HOUR("1h", ChronoUnit.HOURS, 168),
    DAY("1d", ChronoUnit.DAYS, 31);

    private final String label;
    private final ChronoUnit unit;
    private final int mostBuckets;

    BucketWidth(String label, ChronoUnit unit, int mostBuckets) {
        this.label = label;
        this.unit = unit;
        this.mostBuckets = mostBuckets;
    }

    /** As a unit of time. */
    public ChronoUnit unit() {
        return unit;
    }

    String label() {
        return label;
    }

    /** How many a page may have where its length is counted in buckets. */
    int mostBuckets() {
        return mostBuckets;
    }
}
