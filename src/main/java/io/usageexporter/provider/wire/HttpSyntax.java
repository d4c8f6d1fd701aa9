package io.usageexporter.provider.wire;

/** The grammar of HTTP header fields (RFC 9110, sections 5.5 and 5.6), for text with one character per byte. */
public final class HttpSyntax {
    /** The most headers of one name, whose number the server keeps in a byte. */
    public static final int MAX_OF_A_NAME = Byte.MAX_VALUE;

    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    private HttpSyntax() {}

    /** Whether text can be the name of a method or header. */
    public static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isToken(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Whether a token may contain this byte. */
    public static boolean isToken(int octet) {
        return (octet >= 'a' && octet <= 'z')
                || (octet >= 'A' && octet <= 'Z')
                || (octet >= '0' && octet <= '9')
                || TOKEN_SIGNS.indexOf(octet) >= 0;
    }

    /** Whether text contains control characters other than tabs. */
    public static boolean hasControlCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            char octet = text.charAt(i);
            if ((octet < ' ' && octet != '\t') || octet == 0x7f) {
                return true;
            }
        }
        return false;
    }

    /** The value of a header: text from an index on, without surrounding blanks; other spaces of Latin-1 belong to it. */
    public static String value(String text, int from) {
        int start = from;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /** Whether this is a space or tab. */
    public static boolean isBlank(char octet) {
        return octet == ' ' || octet == '\t';
    }
}
