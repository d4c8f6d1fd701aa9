package io.usageexporter.forwarded;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What trusted proxies say about a request.
 *
 * @param client that sent it to the outermost trusted proxy, as far as it is known
 * @param scheme that the client used; null if unknown
 * @param host that the client named; null if unknown
 * @param prefix of the path that a proxy removed; empty, or beginning and not ending with a slash
 */
public record Forwarded(
        InetAddress client,
        @Nullable String scheme,
        @Nullable HostAndPort host,
        String prefix) {
    /** Of a request about which nothing is said. */
    static Forwarded nothing(InetAddress peer) {
        return new Forwarded(peer, null, null, "");
    }

    /**
     * Believes hops from the last one on, each added by a trusted proxy, up to the one that names an address which is not
     * trusted: what precedes it the client may have made up.
     */
    static Forwarded of(InetAddress peer, List<ForwardedHop> hops, Predicate<InetAddress> trusted) {
        InetAddress client = peer;
        int first = hops.size();
        while (first > 0) {
            first--;
            InetAddress sender = hops.get(first).sender();
            if (sender == null) {
                break;
            }
            client = sender;
            if (!trusted.test(sender)) {
                break;
            }
        }
        List<ForwardedHop> believed = hops.subList(first, hops.size());
        String prefix = first(believed, ForwardedHop::prefix);
        return new Forwarded(
                client,
                first(believed, ForwardedHop::scheme),
                first(believed, ForwardedHop::host),
                prefix == null ? "" : prefix);
    }

    private static <T> @Nullable T first(List<ForwardedHop> hops, Function<ForwardedHop, @Nullable T> part) {
        for (ForwardedHop hop : hops) {
            T value = part.apply(hop);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
