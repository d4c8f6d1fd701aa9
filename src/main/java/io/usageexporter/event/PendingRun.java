package io.usageexporter.event;

import org.jspecify.annotations.Nullable;

/**
 * A run that was announced and whose last figures are still to be read.
 *
 * @param id the provider's own
 * @param category as which it counts; null for that of its actor
 */
public record PendingRun(String id, @Nullable String category) {}
