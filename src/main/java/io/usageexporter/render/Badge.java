package io.usageexporter.render;

import io.usageexporter.quota.Status;
import java.util.Locale;

/** How something stands, as colour, sign and word. The worst comes first. */
public enum Badge {
    CRITICAL("🔴", "Critical"),
    WARNING("🟡", "Warning"),
    /** Not known to be good. */
    UNKNOWN("⚪", "Unknown"),
    GOOD("🟢", "Good"),
    /** Counted, but not limited. */
    UNLIMITED("", "No limit");

    private final String emoji;
    private final String word;

    Badge(String emoji, String word) {
        this.emoji = emoji;
        this.word = word;
    }

    /**
     * The mark of a quota. Use only grows within a window, so that yellow and red hold whatever was missed; green holds
     * only when nothing was.
     */
    public static Badge of(Status status, boolean known) {
        return switch (status) {
            case GOOD -> known ? GOOD : UNKNOWN;
            case WARNING -> WARNING;
            case CRITICAL -> CRITICAL;
        };
    }

    /** The class in the style sheet. */
    public String css() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The sign before the word; may be empty. */
    public String emoji() {
        return emoji;
    }

    /** For those who do not see colours. */
    public String word() {
        return word;
    }
}
