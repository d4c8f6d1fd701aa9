package io.usageexporter.quota;

import java.util.Locale;

/** How close a quota is to its limit, as decided by {@link Thresholds}. */
public enum Status {
    GOOD(0),
    WARNING(1),
    CRITICAL(2);

    private final int level;

    Status(int level) {
        this.level = level;
    }

    /** The name in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value of {@code api_quota_status}. */
    public int level() {
        return level;
    }
}
