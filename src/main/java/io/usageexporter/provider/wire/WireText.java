package io.usageexporter.provider.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text in heads of requests, whose encoding HTTP leaves open: UTF-8, or ISO 8859-1 where it cannot be that. */
public final class WireText {
    private static final int HEX = 16;

    private WireText() {}

    /**
     * The text of an element of a head.
     *
     * @param octets each character a byte, as it came
     */
    public static String of(String octets) {
        return isAscii(octets) ? octets : decoded(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Decodes percent signs too, except those that do not stand before two hexadecimal digits.
     *
     * @param octets likewise
     */
    public static String ofSegment(String octets) {
        if (octets.indexOf('%') < 0) {
            return of(octets);
        }
        var bytes = new ByteArrayOutputStream(octets.length());
        for (int i = 0; i < octets.length(); i++) {
            int escaped = escaped(octets, i);
            bytes.write(escaped < 0 ? octets.charAt(i) : escaped);
            i += escaped < 0 ? 0 : 2;
        }
        return decoded(bytes.toByteArray());
    }

    /** The byte that is escaped at this place, or -1 where there is none. */
    public static int escaped(String octets, int at) {
        if (octets.charAt(at) != '%' || at + 2 >= octets.length()) {
            return -1;
        }
        int high = Character.digit(octets.charAt(at + 1), HEX);
        int low = Character.digit(octets.charAt(at + 2), HEX);
        return high < 0 || low < 0 ? -1 : high * HEX + low;
    }

    private static boolean isAscii(String octets) {
        return octets.chars().allMatch(octet -> octet < 0x80);
    }

    private static String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }
}
