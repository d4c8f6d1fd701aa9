package io.usageexporter.provider.anthropic;

import java.time.temporal.ChronoUnit;

/** The length of the time buckets of Anthropic's reports, which are aligned to UTC. */
public enum BucketWidth {
    HOUR("1h", ChronoUnit.HOURS, 168),
    DAY("1d", ChronoUnit.DAYS, 31);

    private final String label;
    private final ChronoUnit unit;
    private final int maxBuckets;

    BucketWidth(String label, ChronoUnit unit, int maxBuckets) {
        this.label = label;
        this.unit = unit;
        this.maxBuckets = maxBuckets;
    }

    /** The length as a unit of time. */
    public ChronoUnit unit() {
        return unit;
    }

    String label() {
        return label;
    }

    /** Maximum number of buckets per page, where pages are measured in buckets. */
    int maxBuckets() {
        return maxBuckets;
    }
}
