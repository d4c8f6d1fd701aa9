package io.usageexporter.forwarded;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The reverse proxies in front of the exporter. Immutable.
 *
 * @param trusted addresses of those whose {@code Forwarded} and {@code X-Forwarded-*} are believed
 * @param publicUrl under which clients reach the exporter, without a trailing slash; null if it is to be found out
 */
public record ReverseProxies(
        List<AddressRange> trusted, @Nullable URI publicUrl) {
    /** There are none. */
    public static final ReverseProxies NONE = new ReverseProxies(List.of(), null);

    /** Whether requests say everything about themselves. */
    public boolean isNone() {
        return trusted.isEmpty() && publicUrl == null;
    }

    /** Whether what this peer says about a request is believed. */
    public boolean trusts(InetAddress peer) {
        for (AddressRange range : trusted) {
            if (range.contains(peer)) {
                return true;
            }
        }
        return false;
    }

    /** The host in the public URL; null without one. */
    public @Nullable HostAndPort publicHost() {
        return publicUrl == null ? null : HostAndPort.parse(publicUrl.getRawAuthority());
    }

    /**
     * What the proxies say about a request.
     *
     * @param headers all values of a header, in order
     */
    public Forwarded forwarded(InetAddress peer, Function<String, List<String>> headers) {
        return trusts(peer) ? Forwarded.of(peer, ForwardedHop.read(headers), this::trusts) : Forwarded.nothing(peer);
    }

    /**
     * The URL under which the client reaches the exporter, without a trailing slash.
     *
     * @param scheme of the request as received
     * @param host of the request as received
     */
    public String externalUrl(Forwarded forwarded, String scheme, String host) {
        if (publicUrl != null) {
            return publicUrl.toString();
        }
        String seenScheme = forwarded.scheme() == null ? scheme : forwarded.scheme();
        String seenHost = forwarded.host() == null ? host : forwarded.host().toString();
        return seenScheme + "://" + seenHost + forwarded.prefix();
    }
}
