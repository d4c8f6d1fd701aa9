package io.usageexporter.provider.anthropic;

import org.jspecify.annotations.Nullable;

/** Which of the names in an answer are fit for an event. */
final class Names {
    private static final String PROVIDER = "anthropic:";
    private static final int MAX_ID = 128;
    private static final int MAX_MODEL = 100;

    private Names() {}

    /** The id of an event: of these the first that is there and fit, or null. */
    static @Nullable String id(@Nullable String own, @Nullable String otherwise) {
        if (isFit(own)) {
            return PROVIDER + own;
        }
        return isFit(otherwise) ? PROVIDER + otherwise : null;
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

    /** The model's name, or empty if it is too long for an event or holds what that must not. */
    static String model(@Nullable String name) {
        if (name == null || name.length() > MAX_MODEL) {
            return "";
        }
        if (isPlain(name)) {
            return name;
        }
        boolean fit = name.codePoints()
                .map(Character::getType)
                .noneMatch(type -> type == Character.CONTROL || type == Character.SURROGATE);
        return fit ? name : "";
    }
}
