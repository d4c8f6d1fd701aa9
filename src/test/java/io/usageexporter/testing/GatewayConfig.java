package io.usageexporter.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A configuration whose gateway forwards to fakes. */
public final class GatewayConfig {
    private GatewayConfig() {}

    /** Writes a configuration in which both providers have this upstream. */
    public static Path write(Path folder, String upstream) throws IOException {
        return write(folder, upstream, "");
    }

    /**
     * Writes a configuration in which both providers have this upstream.
     *
     * @param settings further ones of both gateways, such as {@code timeout: 1s}
     */
    public static Path write(Path folder, String upstream, String settings) throws IOException {
        String gateway = "{upstream: '" + upstream + "'" + (settings.isEmpty() ? "" : ", ") + settings + "}";
        return Files.writeString(Files.createTempFile(folder, "config", ".yml"), """
                providers:
                  anthropic:
                    limits:
                      daily: {requests: 1000, tokens: 1000000}
                      monthly: {requests: 30000, tokens: 30000000}
                    gateway: %1$s
                  apify:
                    limits:
                      daily: {compute_units: 100}
                      monthly: {compute_units: 3000}
                    gateway: %1$s
                """.formatted(gateway));
    }
}
