package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The name of an actor: the username of its owner, and a name that is unique among the owner's actors. */
public record Actor(String username, String name) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    /** Reads the response to {@code GET /v2/actors/{id}}; null if it has no valid names. */
    public static @Nullable Actor read(JsonNode node) {
        JsonNode actor = ApifyJson.unwrapped(node);
        String username = ApifyJson.text(actor.path("username"));
        String name = ApifyJson.text(actor.path("name"));
        return username != null && name != null && isName(username) && isName(name) ? new Actor(username, name) : null;
    }

    private static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** The usual notation: {@code apify/instagram-scraper}. */
    @Override
    public String toString() {
        return username + "/" + name;
    }
}
