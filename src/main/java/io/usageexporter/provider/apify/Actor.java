package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an actor is called.
 *
 * @param username of its owner
 * @param name within its owner's actors
 */
public record Actor(String username, String name) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    /** Reads the response to {@code GET /v2/actors/{id}}; null when it holds no names. */
    public static @Nullable Actor read(JsonNode node) {
        JsonNode actor = ApifyJson.unwrapped(node);
        String username = ApifyJson.text(actor.path("username"));
        String name = ApifyJson.text(actor.path("name"));
        return username != null && name != null && isName(username) && isName(name) ? new Actor(username, name) : null;
    }

    private static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** As people write it: {@code apify/instagram-scraper}. */
    @Override
    public String toString() {
        return username + "/" + name;
    }
}
