package io.usageexporter.provider.apify;

import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The platform that an actor scrapes: the configured one, else the known one of a popular actor, else the one in the actor's
 * name. Immutable.
 */
public final class Platforms {
    /** The platform of an actor for which none can be determined. */
    public static final String OTHER = "other";

    private static final String INSTAGRAM = "instagram";
    private static final String TIKTOK = "tiktok";

    /** Names rather than platforms, since the configuration may map an actor by its name. */
    private static final Map<String, Actor> WELL_KNOWN_ACTORS = Map.ofEntries(
            Map.entry("shu8hvrXbJbY3Eb9W", new Actor("apify", "instagram-scraper")),
            Map.entry("nH2AHrwxeTRJoN5hX", new Actor("apify", "instagram-post-scraper")),
            Map.entry("xMc5Ga1oCONPmWJIa", new Actor("apify", "instagram-reel-scraper")),
            Map.entry("dSCLg0C3YEZ83HzYX", new Actor("apify", "instagram-profile-scraper")),
            Map.entry("reGe1ST3OBgYZSsZJ", new Actor("apify", "instagram-hashtag-scraper")),
            Map.entry("SbK00X0JYCPblD2wp", new Actor("apify", "instagram-comment-scraper")),
            Map.entry("GdWCkxBtKWOsKjdch", new Actor("clockworks", "tiktok-scraper")),
            Map.entry("OtzYfK1ndEGdwWFKQ", new Actor("clockworks", "free-tiktok-scraper")),
            Map.entry("0FXVyOXXEmdGcV88a", new Actor("clockworks", "tiktok-profile-scraper")),
            Map.entry("f1ZeP0K58iwlqG2pY", new Actor("clockworks", "tiktok-hashtag-scraper")),
            Map.entry("BDec00yAmCm1QbMEI", new Actor("clockworks", "tiktok-comments-scraper")),
            Map.entry("S5h7zRLfKFEr8pdj7", new Actor("clockworks", "tiktok-video-scraper")));

    private final Map<String, String> configured;

    /** @param configured platforms by actor id or by {@code user/name}, also written {@code user~name} */
    public Platforms(Map<String, String> configured) {
        this.configured = configured.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(entry -> key(entry.getKey()), Entry::getValue, (a, b) -> b));
    }

    /** Ids are case-sensitive, names are not. */
    private static String key(String actor) {
        String name = actor.replaceFirst("~", "/");
        return name.contains("/") ? name.toLowerCase(Locale.ROOT) : name;
    }

    /** The platform of an actor by its id alone; null if its name is needed. */
    public @Nullable String ofId(String actId) {
        String mapped = configured.get(actId);
        if (mapped != null) {
            return mapped;
        }
        Actor known = WELL_KNOWN_ACTORS.get(actId);
        return known == null ? null : of(known);
    }

    /** The platform of an actor by its name, or {@link #OTHER}. */
    public String of(Actor actor) {
        String mapped = configured.get(key(actor.toString()));
        if (mapped != null) {
            return mapped;
        }
        String name = actor.name().toLowerCase(Locale.ROOT);
        boolean instagram = name.contains(INSTAGRAM);
        boolean tiktok = name.contains(TIKTOK);
        if (instagram == tiktok) {
            return OTHER; // an actor that scrapes both is left to the configuration
        }
        return instagram ? INSTAGRAM : TIKTOK;
    }
}
