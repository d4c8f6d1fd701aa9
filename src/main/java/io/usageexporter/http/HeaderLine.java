package io.usageexporter.http;

import io.undertow.util.StatusCodes;
import io.usageexporter.provider.wire.HttpSyntax;

/**
 * A header line of a request.
 *
 * @param value without surrounding whitespace, one character per byte
 */
record HeaderLine(String name, String value) {
    /** @param line without its line end, one character per byte */
    static HeaderLine of(String line) throws RefusedHeadException {
        int colon = line.indexOf(':');
        if (colon <= 0 || !HttpSyntax.isToken(line.substring(0, colon))) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST,
                    "a header must be a name of letters, digits and signs, immediately followed by a colon, and a value, on"
                            + " one line");
        }
        var header = new HeaderLine(line.substring(0, colon), HttpSyntax.value(line, colon + 1));
        if (HttpSyntax.hasControlCharacters(header.value)) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST, "control characters are not allowed in the header " + header.name);
        }
        return header;
    }

    boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }

    /** Whether the value contains consecutive blanks, which the server would collapse. */
    boolean hasRunOfBlanks() {
        for (int i = 1; i < value.length(); i++) {
            if (HttpSyntax.isBlank(value.charAt(i)) && HttpSyntax.isBlank(value.charAt(i - 1))) {
                return true;
            }
        }
        return false;
    }
}
