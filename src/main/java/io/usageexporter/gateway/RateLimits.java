package io.usageexporter.gateway;

import io.usageexporter.provider.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The rate limits that responses reported, until they are reset. Thread-safe. */
public final class RateLimits {
    /** Models of a provider whose limits are kept; those of further models are dropped. */
    static final int MAX_MODELS = 200;

    /** How long a limit without a reset time is kept. All known ones are per minute. */
    private static final Duration DEFAULT_PERIOD = Duration.ofMinutes(1);

    private record Key(String provider, String model, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int order = provider.compareTo(other.provider);
            order = order != 0 ? order : model.compareTo(other.model);
            return order != 0 ? order : name.compareTo(other.name);
        }
    }

    private record Observation(RateLimit limit, Instant at) {
        boolean isOver(Instant now) {
            Instant reset = limit.reset();
            return !now.isBefore(reset == null ? at.plus(DEFAULT_PERIOD) : reset);
        }
    }

    private final Map<Key, Observation> observations = new TreeMap<>();

    /** Takes what a response reported at an instant; a later observation is kept. */
    public synchronized void put(RateLimit limit, Instant at) {
        observations.values().removeIf(each -> each.isOver(at));
        var key = new Key(limit.provider(), limit.model(), limit.name());
        if (hasRoomFor(key)) {
            observations.merge(
                    key, new Observation(limit, at), (old, now) -> old.at().isAfter(at) ? old : now);
        }
    }

    private boolean hasRoomFor(Key key) {
        Set<String> models = new HashSet<>();
        for (Key each : observations.keySet()) {
            if (each.provider().equals(key.provider())) {
                models.add(each.model());
            }
        }
        return models.contains(key.model()) || models.size() < MAX_MODELS;
    }

    /** Those that are not reset yet. */
    public synchronized List<RateLimit> at(Instant now) {
        observations.values().removeIf(each -> each.isOver(now));
        return observations.values().stream().map(Observation::limit).toList();
    }
}
