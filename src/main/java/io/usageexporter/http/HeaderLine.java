package io.usageexporter.http;

import io.undertow.util.StatusCodes;
import io.usageexporter.provider.wire.HttpSyntax;

/**
 * A header line of a request.
 *
 * @param text the line without its line end, one character per byte
 * @param colon the index after the name
 * @param hasRunOfBlanks whether there are consecutive blanks, which the server collapses within a value
 */
record HeaderLine(String text, int colon, boolean hasRunOfBlanks) {
    /** @param line without its line end, one character per byte */
    static HeaderLine of(String line) throws RefusedHeadException {
        int colon = line.indexOf(':');
        if (colon <= 0 || !HttpSyntax.isToken(line.substring(0, colon))) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST,
                    "a header must be a name of letters, digits and signs, immediately followed by a colon, and a value, on"
                            + " one line");
        }
        var header = new HeaderLine(line, colon, hasRunOfBlanks(line, colon));
        if (HttpSyntax.hasControlCharacters(header.value())) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST, "control characters are not allowed in the header " + header.name());
        }
        return header;
    }

    String name() {
        return text.substring(0, colon);
    }

    /** Without surrounding whitespace. */
    String value() {
        return HttpSyntax.value(text, colon + 1);
    }

    boolean is(String other) {
        return colon == other.length() && text.regionMatches(true, 0, other, 0, colon);
    }

    private static boolean hasRunOfBlanks(String text, int colon) {
        for (int i = colon + 2; i < text.length(); i++) {
            if (HttpSyntax.isBlank(text.charAt(i)) && HttpSyntax.isBlank(text.charAt(i - 1))) {
                return true;
            }
        }
        return false;
    }
}
