package io.usageexporter.forwarded;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of IP addresses in CIDR notation, such as {@code 10.0.0.0/8} or {@code fd00::/8}; an address alone is a range,
 * too. Bits after the prefix have no effect.
 *
 * @param bits in the prefix
 */
public record AddressRange(InetAddress address, int bits) {
    private static final Pattern CIDR = Pattern.compile("([^/]+)(?:/(\\d{1,3}))?");

    /** Null where the text is no range. */
    public static @Nullable AddressRange parse(String text) {
        Matcher cidr = CIDR.matcher(text);
        InetAddress address = cidr.matches() ? IpAddress.parse(cidr.group(1)) : null;
        if (address == null) {
            return null;
        }
        int all = length(address);
        int bits = cidr.group(2) == null ? all : Integer.parseInt(cidr.group(2));
        return bits <= all ? new AddressRange(address, bits) : null;
    }

    private static int length(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }

    /** Whether an address is in the range; none of the other version of the protocol is. */
    public boolean contains(InetAddress other) {
        int length = length(address);
        return length == length(other) && prefix(address, length).equals(prefix(other, length));
    }

    private BigInteger prefix(InetAddress of, int length) {
        return new BigInteger(1, of.getAddress()).shiftRight(length - bits);
    }
}
