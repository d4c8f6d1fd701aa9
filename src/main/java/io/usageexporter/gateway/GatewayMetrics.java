package io.usageexporter.gateway;

import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.UnmeteredReason;

/** Told of what passes through the gateway. Called by I/O threads; must not block or throw. */
public interface GatewayMetrics {
    /**
     * A call has ended.
     *
     * @param code that the caller was answered; 499 when it left before
     */
    void ended(String provider, int code, CallOutcome outcome);

    /** The provider answered with an error of this name. */
    void error(String provider, String error);

    /** A successful call could not be metered, or not in full. */
    void unmetered(String provider, UnmeteredReason reason);

    /** The first byte of an answer was passed on, which took this much longer than without the gateway. */
    void overhead(String provider, long nanos);
}
