package io.usageexporter.provider.apify;

import io.usageexporter.polling.ProviderException;
import io.usageexporter.recording.LruMap;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The category of each actor, which is its platform. The names of actors are looked up once and cached; failed look-ups
 * are cached for a while. Thread-safe.
 */
final class ActorCategories {
    /** Maximum number of cached actors. */
    static final int MAX_ACTORS = 1000;

    private static final Logger LOG = System.getLogger(ActorCategories.class.getName());

    private static final Duration FAILURE_TTL = Duration.ofMinutes(1);

    /** For actors that are private or deleted. */
    private static final Duration NOT_FOUND_TTL = Duration.ofMinutes(10);

    private final ApifyApi api;
    private final InstantSource clock;
    private final Object lookUp = new Object();

    private final Map<String, LookedUp> actors = new LruMap<>(MAX_ACTORS);

    /**
     * The result of a look-up.
     *
     * @param actor null if it failed
     * @param until when it expires
     */
    private record LookedUp(@Nullable Actor actor, Instant until) {}

    ActorCategories(ApifyApi api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    /** The category of an actor, or null if the actor must be looked up. */
    @Nullable
    String known(@Nullable String actId, Platforms platforms) {
        if (actId == null) {
            return Platforms.OTHER;
        }
        String byId = platforms.ofId(actId);
        if (byId != null) {
            return byId;
        }
        LookedUp before;
        synchronized (actors) {
            before = actors.get(actId);
        }
        if (before == null || !before.until().isAfter(clock.instant())) {
            return null;
        }
        return before.actor() == null ? Platforms.OTHER : platforms.of(before.actor());
    }

    /**
     * The category of an actor, which is looked up if necessary; {@link Platforms#OTHER} if that fails.
     *
     * @param credentials for the look-up, tried in order
     */
    String find(@Nullable String actId, Platforms platforms, List<@Nullable String> credentials)
            throws InterruptedException {
        synchronized (lookUp) { // one at a time, so that no actor is looked up twice
            String known = known(actId, platforms);
            if (known != null || actId == null) {
                return known == null ? Platforms.OTHER : known;
            }
            return lookUp(actId, platforms, credentials);
        }
    }

    private String lookUp(String actId, Platforms platforms, List<@Nullable String> credentials)
            throws InterruptedException {
        try {
            Actor actor = fetch(actId, credentials);
            put(actId, new LookedUp(actor, Instant.MAX));
            String category = platforms.of(actor);
            if (category.equals(Platforms.OTHER)) {
                LOG.log(
                        Level.WARNING,
                        "cannot determine the platform of actor {0}; counting its runs as \"other\". Map it under"
                                + " providers.apify.actors",
                        actor);
            }
            return category;
        } catch (ProviderException e) {
            Duration ttl = e.isNotFound() || e.isRefused() ? NOT_FOUND_TTL : FAILURE_TTL;
            if (put(actId, new LookedUp(null, clock.instant().plus(ttl))) == null) {
                LOG.log(
                        Level.WARNING,
                        "cannot look up the name of actor {0}; counting its runs as \"other\". Map it under"
                                + " providers.apify.actors. Cause: {1}",
                        actId,
                        e.getMessage());
            }
            return Platforms.OTHER;
        }
    }

    private Actor fetch(String actId, List<@Nullable String> credentials)
            throws ProviderException, InterruptedException {
        for (String credential : credentials.subList(0, credentials.size() - 1)) {
            try {
                return api.actor(actId, credential);
            } catch (ProviderException e) {
                if (!e.isNotFound() && !e.isRefused()) {
                    throw e;
                }
            }
        }
        return api.actor(actId, credentials.get(credentials.size() - 1));
    }

    private @Nullable LookedUp put(String actId, LookedUp lookedUp) {
        synchronized (actors) {
            return actors.put(actId, lookedUp);
        }
    }
}
