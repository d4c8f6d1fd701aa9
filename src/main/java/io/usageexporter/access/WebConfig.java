package io.usageexporter.access;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A valid web configuration. Immutable.
 *
 * @param tls null for plain HTTP
 * @param users their bcrypt hashes by name
 * @param headers of responses; an empty value removes what the exporter itself would send
 * @param rateLimiter of all requests together; null without a limit
 */
record WebConfig(
        @Nullable ServerTls tls,
        Map<String, String> users,
        Map<String, String> headers,
        @Nullable RateLimiter rateLimiter) {
    /** Plain HTTP for everyone. */
    static final WebConfig NONE = new WebConfig(null, Map.of(), Map.of(), null);

    /** Whether clients can authenticate by it. */
    boolean authenticates() {
        return !users.isEmpty() || (tls != null && tls.verifiesClients());
    }

    @Override
    public String toString() {
        return "a web configuration"; // no hashes
    }
}
