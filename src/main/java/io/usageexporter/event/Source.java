package io.usageexporter.event;

import java.util.Locale;

/** How an event was received. */
public enum Source {
    API,
    GATEWAY,
    WEBHOOK,
    POLLER,
    CLI;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in the ledger and in the {@code source} label. */
    public String label() {
        return label;
    }

    /** Reads what {@link #label()} wrote. */
    public static Source of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
