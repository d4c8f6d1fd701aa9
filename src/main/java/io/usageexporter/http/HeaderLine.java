package io.usageexporter.http;

import io.undertow.util.StatusCodes;

/**
 * A header line of a request.
 *
 * @param value without surrounding whitespace, one character per byte
 */
record HeaderLine(String name, String value) {
    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    /** @param line without its line end, one character per byte */
    static HeaderLine of(String line) throws RefusedHeadException {
        int colon = line.indexOf(':');
        if (colon <= 0 || !isToken(line.substring(0, colon))) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST,
                    "a header must be a name of letters, digits and signs, immediately followed by a colon, and a value, on"
                            + " one line");
        }
        var header = new HeaderLine(line.substring(0, colon), strip(line, colon + 1));
        if (header.value.chars().anyMatch(octet -> (octet < ' ' && octet != '\t') || octet == 0x7f)) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST, "control characters are not allowed in the header " + header.name);
        }
        return header;
    }

    private static String strip(String line, int from) {
        int start = from;
        int end = line.length();
        while (start < end && isBlank(line.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(start, end);
    }

    private static boolean isBlank(char octet) {
        return octet == ' ' || octet == '\t';
    }

    boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }

    /** Whether the value contains consecutive blanks, which the server would collapse. */
    boolean hasRunOfBlanks() {
        for (int i = 1; i < value.length(); i++) {
            if (isBlank(value.charAt(i)) && isBlank(value.charAt(i - 1))) {
                return true;
            }
        }
        return false;
    }

    static boolean isToken(String text) {
        return text.chars().allMatch(HeaderLine::isToken);
    }

    static boolean isToken(int octet) {
        return (octet >= 'a' && octet <= 'z')
                || (octet >= 'A' && octet <= 'Z')
                || (octet >= '0' && octet <= '9')
                || TOKEN_SIGNS.indexOf(octet) >= 0;
    }
}
