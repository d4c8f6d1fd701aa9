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
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The services of the configured providers. Thread-safe. */
final class ProviderServices implements AutoCloseable {
    private final EffectiveConfig config;
    private final Recorder recorder;
    private final RetryQueue queue;
    private final InstantSource clock;
    private volatile Map<String, Running> running = Map.of();

    /** @param service null where the provider needs none */
    private record Running(
            TrackingConfig tracking, @Nullable ProviderService service) {
        void close() {
            if (service != null) {
                service.close();
            }
        }
    }

    ProviderServices(EffectiveConfig config, Recorder recorder, RetryQueue queue, InstantSource clock) {
        this.config = config;
        this.recorder = recorder;
        this.queue = queue;
        this.clock = clock;
        configure();
    }

    /** Follows a changed configuration. Services whose tracking is the same continue. */
    synchronized void configure() {
        Config now = config.get();
        var next = new TreeMap<>(running);
        Set<String> ended = new TreeSet<>(running.keySet());
        now.tracking().forEach((name, tracking) -> {
            ProviderConfig provider = Objects.requireNonNull(now.providers().get(name));
            Running before = running.get(name);
            if (before == null || !before.tracking().equals(tracking)) {
                return;
            }
            ended.remove(name);
            if (before.service() != null) {
                before.service().configure(provider);
            }
        });
        for (String name : ended) {
            Objects.requireNonNull(next.remove(name)).close();
        }
        now.tracking().forEach((name, tracking) -> {
            if (!next.containsKey(name)) {
                next.put(name, new Running(tracking, start(now, name, tracking)));
            }
        });
        running = next;
    }

    private @Nullable ProviderService start(Config now, String name, TrackingConfig tracking) {
        ProviderConfig provider = Objects.requireNonNull(now.providers().get(name));
        ProviderIntegration integration = Objects.requireNonNull(Providers.BY_KIND.get(provider.kind()));
        return integration.start(new ServiceContext(
                tracking,
                () -> config.get().providers().getOrDefault(name, provider),
                recorder,
                queue,
                recorder.state(name),
                plan -> config.learn(name, plan),
                clock));
    }

    /** Null where the provider has none. */
    @Nullable
    ProviderService of(String provider) {
        Running known = running.get(provider);
        return known == null ? null : known.service();
    }

    /** By provider. */
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
