package io.usageexporter.quota;

import java.util.Locale;

/** What stands before a provider's name: an emoji in text, a symbol of the same meaning on the page. */
public enum Icon {
    ROBOT("🤖"),
    SPIDER("🕷️"),
    CHART("📊");

    private final String emoji;

    Icon(String emoji) {
        this.emoji = emoji;
    }

    public String emoji() {
        return emoji;
    }

    /** The name of the page's symbol. */
    public String symbol() {
        return name().toLowerCase(Locale.ROOT);
    }
}
