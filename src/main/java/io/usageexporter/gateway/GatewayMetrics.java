package io.usageexporter.gateway;

import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.UnmeteredReason;

/** Receives gateway measurements. Called by I/O threads; must not block or throw. */
public interface GatewayMetrics {
    /**
     * A call has ended.
     *
     * @param code of the response to the caller; 499 if it disconnected before
     */
    void ended(String provider, int code, CallOutcome outcome);

    /** The provider responded with an error of this name. */
    void error(String provider, String error);

    /** A successful call could not be metered, or not in full. */
    void unmetered(String provider, UnmeteredReason reason);

    /** The first byte of a response was forwarded with this delay added by the gateway. */
    void overhead(String provider, long nanos);
}
