package io.usageexporter.config;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What an API token may do. */
public enum Scope {
    /** Post usage. */
    RECORD,
    /** Read usage and metrics. */
    READ,
    /** Call providers through the gateway. */
    GATEWAY,
    /** Reload, quit, undo. */
    ADMIN;

    /** The names of all scopes. */
    public static final List<String> LABELS =
            Stream.of(values()).map(Scope::label).toList();

    /** The name in the configuration. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scope of a name, which must be one of {@link #LABELS}. */
    public static Scope of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
