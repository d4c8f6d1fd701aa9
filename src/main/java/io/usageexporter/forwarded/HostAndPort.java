package io.usageexporter.forwarded;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host with an optional port, as the header {@code Host} names it (RFC 9110, section 7.2).
 *
 * @param host in lower case, without brackets and without the dot that may end a name
 * @param port {@link #NO_PORT} if none is given
 */
public record HostAndPort(String host, int port) {
    /** In place of a port. */
    public static final int NO_PORT = -1;

    /** Several times as long as a host name may be. */
    private static final int MAX_LENGTH = 1000;

    private static final int MAX_PORT = 65_535;
    private static final Pattern NAMED =
            Pattern.compile("((?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::(\\d{1,5}))?");
    private static final Pattern BRACKETED = Pattern.compile("\\[([0-9A-Fa-f:.]+)](?::(\\d{1,5}))?");

    /** Null where the text is neither a name nor an address with an optional port. */
    public static @Nullable HostAndPort parse(String text) {
        if (text.length() > MAX_LENGTH) { // the pattern recurses with the length
            return null;
        }
        Matcher named = NAMED.matcher(text);
        if (named.matches()) {
            return of(named);
        }
        Matcher bracketed = BRACKETED.matcher(text);
        boolean isIpv6 = bracketed.matches()
                && bracketed.group(1).indexOf(':') >= 0
                && IpAddress.parse(bracketed.group(1)) != null;
        return isIpv6 ? of(bracketed) : null;
    }

    private static @Nullable HostAndPort of(Matcher matched) {
        String host = matched.group(1).toLowerCase(Locale.ROOT);
        int port = matched.group(2) == null ? NO_PORT : Integer.parseInt(matched.group(2));
        if (port == 0 || port > MAX_PORT) {
            return null;
        }
        return new HostAndPort(host.endsWith(".") ? host.substring(0, host.length() - 1) : host, port);
    }

    /** Whether the host is an IP address. */
    public boolean isAddress() {
        return IpAddress.parse(host) != null;
    }

    /** The port, or the one of a scheme if none is given. */
    public int portOr(int ofScheme) {
        return port == NO_PORT ? ofScheme : port;
    }

    /** In the notation of URLs. */
    @Override
    public String toString() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == NO_PORT ? name : name + ":" + port;
    }
}
