package io.usageexporter.provider.apify;

import io.usageexporter.polling.ProviderException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The category of each actor: its platform. What an actor is called is looked up once and remembered, for a while also
 * that it could not be found out. Thread-safe.
 */
final class ActorCategories {
    /** Actors that are remembered. */
    static final int MAX_ACTORS = 1000;

    private static final Logger LOG = System.getLogger(ActorCategories.class.getName());

    private static final Duration NO_ANSWER_KEPT = Duration.ofMinutes(1);

    /** Of an actor that is private or deleted. */
    private static final Duration ABSENCE_KEPT = Duration.ofMinutes(10);

    private final ApifyApi api;
    private final InstantSource clock;
    private final Object lookUp = new Object();

    private final Map<String, LookedUp> actors = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Entry<String, LookedUp> eldest) {
            return size() > MAX_ACTORS;
        }
    };

    /**
     * What came of a look-up.
     *
     * @param actor null when it failed
     * @param until when it is to be tried again
     */
    private record LookedUp(@Nullable Actor actor, Instant until) {}

    ActorCategories(ApifyApi api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    /** The category of an actor, or null when it must be looked up. */
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
     * The category of an actor, for which the API is asked when it must be; {@link Platforms#OTHER} when that does not
     * tell it in time.
     *
     * @param credentials to ask with, one after the other
     */
    String find(@Nullable String actId, Platforms platforms, List<@Nullable String> credentials)
            throws InterruptedException {
        synchronized (lookUp) { // one at a time, so that none is looked up twice
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
            Actor actor = ask(actId, credentials);
            put(actId, new LookedUp(actor, Instant.MAX));
            String category = platforms.of(actor);
            if (category.equals(Platforms.OTHER)) {
                LOG.log(
                        Level.WARNING,
                        "nothing tells the platform of actor {0}, so its runs count as other; name it under"
                                + " providers.apify.actors",
                        actor);
            }
            return category;
        } catch (ProviderException e) {
            Duration kept = e.isNotFound() || e.isRefused() ? ABSENCE_KEPT : NO_ANSWER_KEPT;
            if (put(actId, new LookedUp(null, clock.instant().plus(kept))) == null) {
                LOG.log(
                        Level.WARNING,
                        "what actor {0} is called cannot be read, so its runs count as other; name it under"
                                + " providers.apify.actors: {1}",
                        actId,
                        e.getMessage());
            }
            return Platforms.OTHER;
        }
    }

    private Actor ask(String actId, List<@Nullable String> credentials) throws ProviderException, InterruptedException {
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
