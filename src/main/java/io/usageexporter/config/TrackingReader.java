package io.usageexporter.config;

import io.usageexporter.config.TrackingConfig.Gateway;
import io.usageexporter.config.TrackingConfig.OnExhausted;
import io.usageexporter.config.TrackingConfig.Poll;
import io.usageexporter.event.Measure;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads how one of the providers is tracked whose wire formats are known. */
final class TrackingReader {
    private static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(5);

    /** Anthropic asks for no more than a request a minute. */
    private static final Duration MIN_INTERVAL = Duration.ofMinutes(1);

    /** An answer may take ten minutes before its first byte, a run that is waited for five. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(11);

    private static final Duration MIN_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final Duration MAX_INTERVAL = Duration.ofDays(1);

    /**
     * What is particular to a provider.
     *
     * @param upstream where its API is
     * @param keyFile the name of the poller's key in the configuration
     * @param resources what tracking counts of it
     */
    private record Known(URI upstream, String keyFile, List<String> resources) {}

    private static final Map<String, Known> KNOWN = Map.of(
            "anthropic",
            new Known(
                    URI.create("https://api.anthropic.com"),
                    "admin_key_file",
                    List.of(Measure.REQUESTS, Measure.TOKENS)),
            "apify",
            new Known(
                    URI.create("https://api.apify.com"),
                    "token_file",
                    List.of("compute_units", Measure.REQUESTS, "runs")));

    private TrackingReader() {}

    /** The providers whose wire formats are known. */
    static Set<String> providers() {
        return KNOWN.keySet();
    }

    /** What tracking counts of a provider; of one whose wire formats are not known, nothing. */
    static List<String> resources(String provider) {
        Known known = KNOWN.get(provider);
        return known == null ? List.of() : known.resources();
    }

    /**
     * Takes the keys that are about tracking.
     *
     * @param folder that file names are relative to
     * @param autoLimits as the limits say
     * @return null for a provider whose wire formats are not known, which can have none of these keys
     */
    static @Nullable TrackingConfig read(
            String provider, ConfigSection keys, Path folder, SortedSet<String> autoLimits) {
        Known known = KNOWN.get(provider);
        if (known == null) {
            return null;
        }
        boolean apify = provider.equals("apify");
        Poll poll = poll(keys.sub("poll"), known.keyFile(), folder);
        if (poll == null && !autoLimits.isEmpty()) {
            keys.fault("a limit of auto is taken from the account, which needs poll." + known.keyFile());
        }
        return new TrackingConfig(
                gateway(keys.sub("gateway"), known.upstream()),
                poll,
                apify ? webhookSecret(keys.sub("webhook"), folder) : null,
                apify ? actors(keys.sub("actors")) : Map.of(),
                autoLimits);
    }

    private static Gateway gateway(ConfigSection keys, URI upstream) {
        var gateway = new Gateway(
                keys.upstream("upstream", upstream),
                keys.textOrNull("category"),
                keys.choice("on_exhausted", OnExhausted.FORWARD, OnExhausted.values()),
                keys.duration("timeout", DEFAULT_TIMEOUT, MIN_TIMEOUT, MAX_TIMEOUT));
        keys.end();
        return gateway;
    }

    private static @Nullable Poll poll(ConfigSection keys, String keyFile, Path folder) {
        if (keys.isAbsent()) {
            return null;
        }
        Secret key = keys.secret(keyFile, folder);
        Duration interval = keys.duration("interval", DEFAULT_INTERVAL, MIN_INTERVAL, MAX_INTERVAL);
        keys.end();
        return key == null ? null : new Poll(key, interval);
    }

    private static @Nullable Secret webhookSecret(ConfigSection keys, Path folder) {
        if (keys.isAbsent()) {
            return null;
        }
        Secret secret = keys.secret("secret_file", folder);
        keys.end();
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
