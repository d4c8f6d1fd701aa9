package io.usageexporter.provider;

import io.undertow.util.HeaderMap;
import io.usageexporter.provider.wire.NormalPath;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the gateway knows of one provider's calls. Thread-safe. */
public interface ProviderProtocol {
    /**
     * A call as it came.
     *
     * @param path below the gateway's base URL, in its normal form
     * @param query as it came; empty where there is none
     * @param category that the caller chose; null where it did not
     * @param base the gateway's URL of this provider, as the caller knows it
     */
    record Request(
            String method,
            String path,
            String query,
            HeaderMap headers,
            @Nullable String category,
            String base,
            Instant at) {}

    /** The normal form of a path, by which it is known what a call is. */
    default String normal(String path) {
        return NormalPath.of(path);
    }

    /** Watches a call. */
    ExchangeObserver watch(Request request);

    /** What is wrong with the caller's base URL, if this path, in its normal form, shows it; else null. */
    @Nullable
    String mistake(String path);

    /**
     * An error as the provider writes them.
     *
     * @param status 429 where a quota is used up, else 404, 502 or 504
     */
    String error(int status, String message);
}
