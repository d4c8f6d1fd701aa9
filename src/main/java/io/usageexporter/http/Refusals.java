package io.usageexporter.http;

import io.undertow.util.StatusCodes;
import io.usageexporter.metrics.SelfMetrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the server refuses, and logs each reason once a minute at most, without targets and header values, which may
 * hold secrets. Thread-safe.
 */
final class Refusals {
    private static final Logger LOG = System.getLogger(Refusals.class.getName());
    private static final long LOGGED_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Map<Reason, Tally> tallies = new EnumMap<>(Reason.class);

    /** Why something was refused; the label is the name in lower case. */
    enum Reason {
        CROSS_SITE("a request that a web page of another site sent"),
        UNKNOWN_HOST("a request on loopback for a host that is not the exporter's"),
        UNAUTHENTICATED("a request without valid credentials"),
        FORBIDDEN("a request whose API token lacks the scope"),
        RATE_LIMIT("a request beyond the rate that the web configuration allows (rate_limit)"),
        INVALID_HEAD("a request whose head is not valid HTTP/1.1"),
        HEAD_TOO_LARGE("a request with too many or too long headers, or no memory for them"),
        SLOW_HEAD("a request whose headers did not arrive in time (--web.head-timeout)"),
        BODY_TOO_LARGE("a request with too large a body"),
        SLOW_BODY("a request whose body arrived too slowly"),
        IDLE("to keep a connection open that was silent for too long (--web.idle-timeout)"),
        DESCRIPTORS("connections for now, since no file descriptor is left (ulimit -n)"),
        CONNECTIONS("a connection, since as many as allowed are open (--web.max-connections)"),
        CONNECTIONS_PER_ADDRESS(
                "a connection, since its address has as many as allowed (--web.max-connections-per-address)");

        private final String what;

        Reason(String what) {
            this.what = what;
        }
    }

    private static final class Tally {
        private final Runnable counter;
        private long unlogged;
        private long loggedAt = System.nanoTime() - LOGGED_EVERY_NANOS;

        Tally(Runnable counter) {
            this.counter = counter;
        }
    }

    Refusals(SelfMetrics metrics) {
        for (Reason reason : Reason.values()) {
            tallies.put(
                    reason,
                    new Tally(metrics.counter(
                            "usage_exporter_http_refused",
                            "Total requests and connections refused, or closed, by a limit or for safety, by reason.",
                            "reason",
                            reason.name().toLowerCase(Locale.ROOT))));
        }
    }

    /** What was refused, of a head by the status of its response. */
    static Reason ofHead(int status) {
        return switch (status) {
            case StatusCodes.REQUEST_TIME_OUT -> Reason.SLOW_HEAD;
            case StatusCodes.BAD_REQUEST, StatusCodes.NOT_IMPLEMENTED, StatusCodes.HTTP_VERSION_NOT_SUPPORTED ->
                Reason.INVALID_HEAD;
            default -> Reason.HEAD_TOO_LARGE;
        };
    }

    /** @param client null if it is unknown */
    void add(Reason reason, @Nullable InetSocketAddress client) {
        Tally tally = Objects.requireNonNull(tallies.get(reason));
        tally.counter.run();
        long others;
        synchronized (tally) {
            long now = System.nanoTime();
            if (now - tally.loggedAt < LOGGED_EVERY_NANOS) {
                tally.unlogged++;
                return;
            }
            tally.loggedAt = now;
            others = tally.unlogged;
            tally.unlogged = 0;
        }
        InetAddress address = client == null ? null : client.getAddress();
        LOG.log(
                reason == Reason.IDLE ? Level.DEBUG : Level.WARNING, // clients that keep connections end up there
                "refused {0}, from {1}{2}",
                reason.what,
                address == null ? "an unknown address" : address.getHostAddress(),
                others == 0 ? "" : "; " + others + " more like it since the last such message");
    }
}
