package io.usageexporter.config;

import io.usageexporter.config.TrackingConfig.GatewayConfig;
import io.usageexporter.config.TrackingConfig.OnExhausted;
import io.usageexporter.config.TrackingConfig.PollConfig;
import io.usageexporter.quota.ProviderConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Reads how a provider of a known kind is tracked. */
final class TrackingReader {
    private static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(5);

    /** Anthropic asks for at most one request per minute. */
    private static final Duration MIN_INTERVAL = Duration.ofMinutes(1);

    /** The first byte of a response may take ten minutes; a call that waits for a run, five. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(11);

    private static final Duration MIN_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final Duration MAX_INTERVAL = Duration.ofDays(1);
    private static final URI UNKNOWN = URI.create("http://localhost");

    private TrackingReader() {}

    /**
     * Reads the keys about tracking.
     *
     * @param folder the base of relative file names
     * @param autoLimits the resources whose monthly limit is {@code auto}
     */
    static TrackingConfig read(
            ProviderSchema schema,
            ProviderConfig provider,
            ConfigSection keys,
            Path folder,
            SortedSet<String> autoLimits) {
        String pollKey = schema.pollKeyFile();
        PollConfig poll = pollKey == null ? null : poll(keys.sub("poll"), pollKey, folder);
        if (poll == null && !autoLimits.isEmpty()) {
            keys.fault("a limit of auto is taken from the account, which needs poll." + pollKey);
        }
        ConfigSection gateway = keys.sub("gateway");
        ProviderSettings settings = schema.settings(keys, gateway, provider.resources(), folder);
        return new TrackingConfig(gateway(gateway, schema.upstream()), poll, settings, autoLimits);
    }

    private static GatewayConfig gateway(ConfigSection keys, @Nullable URI upstream) {
        if (upstream == null && !keys.names().contains("upstream")) {
            keys.fault("upstream is required: the URL of the provider's API");
        }
        var gateway = new GatewayConfig(
                keys.upstream("upstream", upstream == null ? UNKNOWN : upstream),
                keys.textOrNull("category"),
                keys.choice("on_exhausted", OnExhausted.FORWARD, OnExhausted.values()),
                keys.duration("timeout", DEFAULT_TIMEOUT, MIN_TIMEOUT, MAX_TIMEOUT));
        keys.rejectUnknownKeys();
        return gateway;
    }

    private static @Nullable PollConfig poll(ConfigSection keys, String keyFile, Path folder) {
        if (keys.isAbsent()) {
            return null;
        }
        Secret key = keys.secret(keyFile, folder);
        Duration interval = keys.duration("interval", DEFAULT_INTERVAL, MIN_INTERVAL, MAX_INTERVAL);
        keys.rejectUnknownKeys();
        return key == null ? null : new PollConfig(key, interval);
    }
}
