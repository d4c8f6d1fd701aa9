package io.usageexporter.render;

import io.usageexporter.quota.Quota;
import java.util.Locale;

/** A status as colour, emoji and word, worst first. */
public enum Badge {
    CRITICAL("🔴", "Critical"),
    WARNING("🟡", "Warning"),
    /** The figures may be incomplete. */
    UNKNOWN("⚪", "Unknown"),
    GOOD("🟢", "Good"),
    /** Counted, but without a limit. */
    UNLIMITED("", "No limit");

    private final String emoji;
    private final String word;

    Badge(String emoji, String word) {
        this.emoji = emoji;
        this.word = word;
    }

    /**
     * The badge of a quota. Usage only grows within a window, so yellow and red stay true even if events were missed or
     * have no price; green is true only if none were.
     */
    public static Badge of(Quota quota, boolean known) {
        return switch (quota.status()) {
            case GOOD -> known && !quota.isAtLeast() ? GOOD : UNKNOWN;
            case WARNING -> WARNING;
            case CRITICAL -> CRITICAL;
        };
    }

    /** Its class in the style sheet. */
    public String css() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The emoji shown before the word; may be empty. */
    public String emoji() {
        return emoji;
    }

    /** The status as a word, for readers who cannot tell the colours apart. */
    public String word() {
        return word;
    }
}
