package io.usageexporter.event;

/** What text an event may contain: up to a number of characters, without control characters and unpaired surrogates. */
public enum TextRule {
    /** The rule for ids. */
    ID(256),
    /** The rule for categories and models. */
    LABEL(100);

    private final int maxLength;

    TextRule(int maxLength) {
        this.maxLength = maxLength;
    }

    /** Whether this text is allowed. */
    public boolean isValid(String text) {
        return isShortAscii(text)
                || (text.codePointCount(0, text.length()) <= maxLength
                        && text.codePoints().allMatch(TextRule::isAllowed));
    }

    /** Makes any text valid: cuts it to the maximal length, with question marks for characters that are not allowed. */
    public String sanitize(String text) {
        if (isShortAscii(text)) {
            return text.strip();
        }
        var valid = new StringBuilder();
        text.codePoints()
                .limit(maxLength)
                .forEach(character -> valid.appendCodePoint(isAllowed(character) ? character : '?'));
        return valid.toString().strip();
    }

    /** @throws InvalidEventException naming the field and what is wrong with it */
    void check(String field, String text) {
        if (isShortAscii(text)) {
            return;
        }
        int length = 0;
        for (int i = 0; i < text.length(); length++) {
            int character = text.codePointAt(i);
            if (!isAllowed(character)) {
                throw new InvalidEventException(
                        field + " must not contain control characters or unpaired surrogates, as at position " + i);
            }
            i += Character.charCount(character);
        }
        if (length > maxLength) {
            throw new InvalidEventException(
                    field + " must have at most " + maxLength + " characters but has " + length);
        }
    }

    private static boolean isAllowed(int character) {
        int type = Character.getType(character);
        return type != Character.CONTROL && type != Character.SURROGATE;
    }

    /** Whether it is valid at first sight, as almost every text is. */
    private boolean isShortAscii(String text) {
        if (text.length() > maxLength) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
