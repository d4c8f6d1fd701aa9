package io.usageexporter.provider.apify;

import io.usageexporter.config.ConfigSection;
import io.usageexporter.config.ProviderSettings;
import io.usageexporter.config.Secret;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings that only Apify has. Immutable.
 *
 * @param webhookSecret that senders of webhooks must know; null if there is no webhook
 * @param actors category by id or name of the actor, in addition to the built-in ones
 */
record ApifyConfig(@Nullable Secret webhookSecret, Map<String, String> actors) implements ProviderSettings {
    static ApifyConfig read(ConfigSection provider, Path folder) {
        return new ApifyConfig(webhookSecret(provider.sub("webhook"), folder), actors(provider.sub("actors")));
    }

    private static @Nullable Secret webhookSecret(ConfigSection keys, Path folder) {
        if (keys.isAbsent()) {
            return null;
        }
        Secret secret = keys.secret("secret_file", folder);
        keys.rejectUnknownKeys();
        return secret;
    }

    private static Map<String, String> actors(ConfigSection keys) {
        var actors = new TreeMap<String, String>();
        for (String actor : keys.names()) {
            actors.put(actor, keys.text(actor, ""));
        }
        return Map.copyOf(actors);
    }
}
