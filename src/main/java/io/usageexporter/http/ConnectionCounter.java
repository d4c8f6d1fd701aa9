package io.usageexporter.http;

import io.usageexporter.config.ConnectionLimits;
import io.usageexporter.http.Refusals.Reason;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Counts open connections, in all and per address, and knows whether there may be another one. Thread-safe. */
final class ConnectionCounter {
    /** Of IPv6, where a client has a whole network of this prefix. */
    private static final int CLIENT_BYTES = 8;

    private final ConnectionLimits limits;
    private final Predicate<InetAddress> trustedProxy;
    private final AtomicInteger all = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> byClient = new ConcurrentHashMap<>();

    ConnectionCounter(ConnectionLimits limits, Predicate<InetAddress> trustedProxy) {
        this.limits = limits;
        this.trustedProxy = trustedProxy;
    }

    /** Counts a connection, unless it must not be served; then returns why. */
    @Nullable
    Reason opened(InetAddress address) {
        int open = all.incrementAndGet();
        int ofClient = byClient.merge(client(address), 1, Integer::sum);
        Reason refused = open > limits.max()
                ? Reason.CONNECTIONS
                : ofClient > limits.maxPerAddress() && !trustedProxy.test(address)
                        ? Reason.CONNECTIONS_PER_ADDRESS
                        : null;
        if (refused != null) {
            closed(address);
        }
        return refused;
    }

    /** A connection that was counted is closed. */
    void closed(InetAddress address) {
        all.decrementAndGet();
        byClient.computeIfPresent(client(address), (client, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    int open() {
        return all.get();
    }

    private static InetAddress client(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        try {
            byte[] bytes = address.getAddress();
            return InetAddress.getByAddress(Arrays.copyOf(Arrays.copyOf(bytes, CLIENT_BYTES), bytes.length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // the length is right
        }
    }
}
