package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text in the head of a request, whose encoding HTTP leaves open: UTF-8, or ISO 8859-1 if it is not valid UTF-8. */
public final class WireText {
    private WireText() {}

    /**
     * The text of a header field.
     *
     * @param octets each character an octet, as received
     */
    public static String of(String octets) {
        return isAscii(octets) ? octets : decoded(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * The text of a path segment, percent-decoded where possible.
     *
     * @param octets each character an octet, as received
     */
    public static String ofSegment(String octets) {
        return octets.indexOf('%') < 0 ? of(octets) : decoded(PercentDecoder.octets(octets));
    }

    private static boolean isAscii(String octets) {
        for (int i = 0; i < octets.length(); i++) {
            if (octets.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static String decoded(byte[] octets) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(octets, StandardCharsets.ISO_8859_1);
        }
    }
}
