package io.usageexporter.provider;

import io.usageexporter.polling.PollLoop;
import io.usageexporter.quota.ProviderConfig;
import org.jspecify.annotations.Nullable;

/** The background work of one provider under one tracking configuration. Thread-safe. */
public interface ProviderService extends AutoCloseable {
    /** Continues with another configuration of the provider with the same tracking. */
    default void configure(ProviderConfig provider) {}

    /**
     * The number of calls that have their response but whose usage is still unknown.
     *
     * @param consumer whose calls; empty for all
     */
    default int pendingCalls(String consumer) {
        return 0;
    }

    /** What its polls have found so far; null where there are none. */
    default @Nullable PollResult pollResult() {
        return null;
    }

    /** The outcome of its polls, unknown while another exporter polls; null where there are none. */
    default PollLoop.@Nullable State pollState() {
        return null;
    }

    /** Null where none is configured. */
    default @Nullable Webhook webhook() {
        return null;
    }

    @Override
    void close();
}
