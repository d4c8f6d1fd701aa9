package io.usageexporter.config;

import java.time.Duration;

/**
 * Limits of the connections of clients.
 *
 * @param max open at once, above 0
 * @param maxPerAddress of one client, above 0; of a trusted proxy only the other limit holds
 * @param idle how long one may be silent between two requests, or within one
 * @param head how long the head of a request may take from its first byte on
 */
public record ConnectionLimits(int max, int maxPerAddress, Duration idle, Duration head) {
    /** Without flags. */
    public static final ConnectionLimits DEFAULT =
            new ConnectionLimits(4096, 1024, Duration.ofSeconds(75), Duration.ofSeconds(30));
}
