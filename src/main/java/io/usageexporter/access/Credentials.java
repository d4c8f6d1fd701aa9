package io.usageexporter.access;

import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What a request presents. Never shown.
 *
 * @param token from a header of its own or from the path; null where there is none
 * @param authorization the header of that name; null where there is none, or where it is the provider's
 * @param session of TLS; null for plain HTTP
 */
public record Credentials(
        @Nullable String token,
        @Nullable String authorization,
        @Nullable SSLSession session) {
    @Override
    public String toString() {
        return "credentials";
    }
}
