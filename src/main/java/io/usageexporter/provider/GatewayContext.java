package io.usageexporter.provider;

import io.usageexporter.config.ProviderSettings;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the gateway offers to a {@link ProviderProtocol}. Thread-safe; nothing here blocks. */
public interface GatewayContext {
    /** The provider's name. */
    String provider();

    /** The category of calls that name none, as configured now; null where none is configured. */
    @Nullable
    String category();

    /** The settings of the provider's kind, as configured now. */
    ProviderSettings settings();

    /** The service that runs beside the gateway now; null where there is none. */
    @Nullable
    ProviderService service();

    /**
     * Records usage of the resources that the provider counts.
     *
     * @param call distinguishes calls with the same usage id; empty where that does not matter
     * @param releases whether the call is {@link #released} once the usage is in the totals or lost
     */
    void record(List<UsageRecord> usages, Attribution attribution, Instant at, String call, boolean releases);

    /**
     * The usage of a call that {@link ExchangeObserver#consumesQuota} is in the totals, or the call has none.
     *
     * @param consumer as the caller named it; empty if it named none
     */
    void released(String consumer);

    /** How much a call used, by resource, as it counts towards the limits. */
    void observed(Map<String, BigDecimal> amounts);

    /** A rate limit, as the provider reported it at an instant. */
    void rateLimit(RateLimit limit, Instant at);

    /** The rate-limit windows of a subscription, as one response reported them at an instant. */
    void planWindows(List<PlanWindow> windows, Instant at);

    /** The provider responded with an error of this name. */
    void error(String name);

    /**
     * A successful call could not be metered, or not completely.
     *
     * @param path below the gateway's base URL, without the query
     */
    void unmetered(UnmeteredReason reason, String method, String path);
}
