package io.usageexporter.provider;

import io.usageexporter.polling.PollLoop;
import io.usageexporter.quota.ProviderConfig;
import java.util.List;
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

    /** The usage that the provider itself reports now. */
    default List<ProviderReportedUsage> reported() {
        return List.of();
    }

    /** The usage that the provider itself reports by day and model; null where it does not. */
    default @Nullable List<ProviderReportedDay> reportedDays() {
        return null;
    }

    /** The outcome of its polls; null where there are none. */
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
