package io.usageexporter;

import io.usageexporter.config.Config;
import io.usageexporter.config.EffectiveConfig;
import io.usageexporter.config.TrackingConfig;
import io.usageexporter.provider.ProviderIntegration;
import io.usageexporter.provider.ProviderService;
import io.usageexporter.provider.ServiceContext;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RetryQueue;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The services of the configured providers. Thread-safe. */
final class ProviderServices implements AutoCloseable {
    private final EffectiveConfig config;
    private final Recorder recorder;
    private final RetryQueue queue;
    private final BooleanSupplier isInCharge;
    private final InstantSource clock;
    private volatile Map<String, Running> running = Map.of();

    /** @param service null where the provider needs none */
    private record Running(
            TrackingConfig tracking, @Nullable ProviderService service) {
        void configure(ProviderConfig provider) {
            if (service != null) {
                service.configure(provider);
            }
        }

        void close() {
            if (service != null) {
                service.close();
            }
        }
    }

    /** @param isInCharge whether this exporter does what only one of those that share the ledger may do */
    ProviderServices(
            EffectiveConfig config,
            Recorder recorder,
            RetryQueue queue,
            BooleanSupplier isInCharge,
            InstantSource clock) {
        this.config = config;
        this.recorder = recorder;
        this.queue = queue;
        this.isInCharge = isInCharge;
        this.clock = clock;
        configure();
    }

    /** Applies the current configuration. Services whose tracking has not changed continue. */
    synchronized void configure() {
        Config now = config.get();
        running.forEach((name, each) -> {
            if (!each.tracking().equals(now.tracking().get(name))) {
                each.close();
            }
        });
        var next = new TreeMap<String, Running>();
        now.tracking().forEach((name, tracking) -> {
            ProviderConfig provider = Objects.requireNonNull(now.providers().get(name));
            Running known = running.get(name);
            if (known != null && known.tracking().equals(tracking)) {
                known.configure(provider);
                next.put(name, known);
            } else {
                next.put(name, new Running(tracking, start(provider, tracking)));
            }
        });
        running = next;
    }

    private @Nullable ProviderService start(ProviderConfig provider, TrackingConfig tracking) {
        String name = provider.name();
        ProviderIntegration integration = Objects.requireNonNull(Providers.BY_KIND.get(provider.kind()));
        return integration.start(new ServiceContext(
                tracking,
                () -> config.get().providers().getOrDefault(name, provider),
                recorder,
                queue,
                recorder.state(name),
                plan -> config.setPlan(name, plan),
                isInCharge,
                clock));
    }

    /** The service of a provider; null where there is none. */
    @Nullable
    ProviderService of(String provider) {
        Running known = running.get(provider);
        return known == null ? null : known.service();
    }

    /** All services by provider. */
    SortedMap<String, ProviderService> all() {
        var services = new TreeMap<String, ProviderService>();
        running.forEach((name, each) -> {
            if (each.service() != null) {
                services.put(name, each.service());
            }
        });
        return services;
    }

    @Override
    public void close() {
        running.values().forEach(Running::close);
    }
}
