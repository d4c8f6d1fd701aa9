package io.usageexporter.provider.apify;

import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which platform an actor reads: what is configured, else what is known of often used actors, else the platform in the
 * actor's name. Immutable.
 */
public final class Platforms {
    /** The platform of an actor if nothing names another. */
    public static final String OTHER = "other";

    private static final String INSTAGRAM = "instagram";
    private static final String TIKTOK = "tiktok";

    /** Names rather than platforms, since the configuration may know an actor by its name. */
    private static final Map<String, Actor> OFTEN_USED = Map.ofEntries(
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

    /** @param configured platforms by the actor's id or by {@code user/name}, also written {@code user~name} */
    public Platforms(Map<String, String> configured) {
        this.configured = configured.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(entry -> key(entry.getKey()), Entry::getValue, (a, b) -> b));
    }

    /** Ids differ by the case of their letters, names do not. */
    private static String key(String actor) {
        String name = actor.replaceFirst("~", "/");
        return name.contains("/") ? name.toLowerCase(Locale.ROOT) : name;
    }

    /** The platform of an actor by its id alone, or null when its name is needed. */
    public @Nullable String ofId(String actId) {
        String told = configured.get(actId);
        if (told != null) {
            return told;
        }
        Actor known = OFTEN_USED.get(actId);
        return known == null ? null : of(known);
    }

    /** The platform of an actor by its name; {@link #OTHER} if nothing names one. */
    public String of(Actor actor) {
        String told = configured.get(key(actor.toString()));
        if (told != null) {
            return told;
        }
        String name = actor.name().toLowerCase(Locale.ROOT);
        boolean instagram = name.contains(INSTAGRAM);
        boolean tiktok = name.contains(TIKTOK);
        if (instagram == tiktok) {
            return OTHER; // one that reads both is for the configuration to place
        }
        return instagram ? INSTAGRAM : TIKTOK;
    }
}
