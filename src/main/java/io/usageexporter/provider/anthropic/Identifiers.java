package io.usageexporter.provider.anthropic;

import io.usageexporter.event.TextRule;
import org.jspecify.annotations.Nullable;

/** Turns the ids and model names in responses into valid ones of events. */
final class Identifiers {
    /** The prefix of event ids. */
    static final String PREFIX = AnthropicIntegration.KIND + ":";

    private static final int MAX_ID = 128;

    private Identifiers() {}

    /** The id of an event, from the first valid id, or null. */
    static @Nullable String id(@Nullable String first, @Nullable String second) {
        if (isValid(first)) {
            return PREFIX + first;
        }
        return isValid(second) ? PREFIX + second : null;
    }

    /** Visible ASCII, as the provider's own ids are. */
    private static boolean isValid(@Nullable String id) {
        return id != null && !id.isEmpty() && id.length() <= MAX_ID && isVisibleAscii(id);
    }

    private static boolean isVisibleAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7F) {
                return false;
            }
        }
        return true;
    }

    /** The name of a model as a valid label; empty if there is none. */
    static String model(@Nullable String name) {
        return name == null ? "" : TextRule.LABEL.sanitize(name);
    }
}
