package io.usageexporter.provider;

import io.usageexporter.polling.PollLoop;
import io.usageexporter.quota.ProviderConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What runs beside the gateway for one provider, by one tracking configuration. Thread-safe. */
public interface ProviderService extends AutoCloseable {
    /** Continues with another configuration of the provider, whose tracking is the same. */
    default void configure(ProviderConfig provider) {}

    /** Calls whose usage is still to come although they got their response. */
    default int pendingCalls() {
        return 0;
    }

    /** The usage that the provider itself reports now. */
    default List<ProviderReportedUsage> reported() {
        return List.of();
    }

    /** The same by day and model; null where the provider does not report that. */
    default @Nullable List<ProviderReportedDay> reportedDays() {
        return null;
    }

    /** How its polls go; null where there are none. */
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
