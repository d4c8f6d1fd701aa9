package io.usageexporter.provider.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Percent-encoding in URLs (RFC 3986, section 2.1). A plus sign stands for itself. */
public final class PercentDecoder {
    private static final int HEX = 16;

    private PercentDecoder() {}

    /** The decoded text, or null if a percent sign is not followed by two hexadecimal digits. */
    public static @Nullable String decode(String encoded) {
        for (int at = encoded.indexOf('%'); at >= 0; at = encoded.indexOf('%', at + 1)) {
            if (octet(encoded, at) < 0) {
                return null;
            }
        }
        String octets = new String(encoded.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return new String(octets(octets), StandardCharsets.UTF_8);
    }

    /**
     * The decoded octets. Percent signs that are not followed by two hexadecimal digits are kept.
     *
     * @param encoded each character an octet
     */
    static byte[] octets(String encoded) {
        var octets = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            int octet = octet(encoded, i);
            octets.write(octet < 0 ? encoded.charAt(i) : octet);
            i += octet < 0 ? 0 : 2;
        }
        return octets.toByteArray();
    }

    /** The octet that is encoded at an index, or -1 if none is. */
    static int octet(String encoded, int index) {
        if (encoded.charAt(index) != '%' || index + 2 >= encoded.length()) {
            return -1;
        }
        int high = digit(encoded.charAt(index + 1));
        int low = digit(encoded.charAt(index + 2));
        return high < 0 || low < 0 ? -1 : high * HEX + low;
    }

    private static int digit(char c) {
        return c < 0x80 ? Character.digit(c, HEX) : -1;
    }
}
