package io.usageexporter.outgoing;

import io.usageexporter.forwarded.HostAndPort;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy through which the exporter reaches others.
 *
 * @param authorization value of the header {@code Proxy-Authorization}; null without credentials
 */
public record OutgoingProxy(String host, int port, @Nullable String authorization) {
    private static final int DEFAULT_PORT = 80;
    private static final Pattern URL = Pattern.compile("(?i)(?:http://)?(?:([^@/]*)@)?([^@/]+)/?");

    /**
     * Reads a URL such as {@code http://user:password@proxy.example.com:3128}.
     *
     * @param variable that has this value
     * @throws OutgoingProxyException without the value, which may contain a password
     */
    static OutgoingProxy parse(String variable, String url) throws OutgoingProxyException {
        Matcher parts = URL.matcher(url);
        HostAndPort address = parts.matches() ? HostAndPort.parse(parts.group(2)) : null;
        if (address == null || address.host().isEmpty()) {
            throw new OutgoingProxyException(
                    variable + " must be http://host:port, or http://user:password@host:port with all other signs"
                            + " percent-encoded; proxies of other kinds are not supported");
        }
        String user = parts.group(1);
        try {
            return new OutgoingProxy(address.host(), address.portOr(DEFAULT_PORT), user == null ? null : basic(user));
        } catch (IllegalArgumentException e) { // the message contains a part of the password
            throw new OutgoingProxyException("the credentials in " + variable + " are not valid percent-encoding");
        }
    }

    private static String basic(String user) {
        String decoded = URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8);
        String credentials = decoded.indexOf(':') < 0 ? decoded + ":" : decoded;
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    /** Without the credentials. */
    @Override
    public String toString() {
        return new HostAndPort(host, port).toString();
    }
}
