package io.usageexporter.provider;

/**
 * What a call is counted under.
 *
 * @param category as the caller named it, or else as configured
 * @param consumer as the caller named it; empty if it named none
 */
public record Attribution(String category, String consumer) {}
