package io.usageexporter.gateway;

/** Makes what callers and providers send fit to be a category or a model. */
final class Labels {
    private static final int MAX = 100;

    private Labels() {}

    /** At most 100 characters, and a question mark for each that a label may not hold. */
    static String clean(String text) {
        if (isClean(text)) {
            return text;
        }
        var clean = new StringBuilder();
        text.codePoints().limit(MAX).forEach(character -> {
            int type = Character.getType(character);
            boolean allowed = type != Character.CONTROL && type != Character.SURROGATE;
            clean.appendCodePoint(allowed ? character : '?');
        });
        return clean.toString().strip();
    }

    /** Whether it is short and of visible ASCII characters, as nearly all are. */
    private static boolean isClean(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return text.length() <= MAX;
    }
}
