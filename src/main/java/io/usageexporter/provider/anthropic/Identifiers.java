package io.usageexporter.provider.anthropic;

import io.usageexporter.event.UsageEvent;
import org.jspecify.annotations.Nullable;

/** Makes the names in an answer fit for an event. */
final class Identifiers {
    /** Of the ids of events. */
    static final String PREFIX = AnthropicIntegration.KIND + ":";

    private static final int MAX_ID = 128;

    private Identifiers() {}

    /** The id of an event: of these the first that is there and fit, or null. */
    static @Nullable String id(@Nullable String own, @Nullable String otherwise) {
        if (isFit(own)) {
            return PREFIX + own;
        }
        return isFit(otherwise) ? PREFIX + otherwise : null;
    }

    /** Plain visible ASCII, as the provider's own ids are. */
    private static boolean isFit(@Nullable String id) {
        return id != null && !id.isEmpty() && id.length() <= MAX_ID && isPlain(id);
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7F) {
                return false;
            }
        }
        return true;
    }

    /** The model's name, made fit for an event; empty when there is none. */
    static String model(@Nullable String name) {
        return name == null ? "" : UsageEvent.sanitizeLabel(name);
    }
}
