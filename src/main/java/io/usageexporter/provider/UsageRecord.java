package io.usageexporter.provider;

import io.usageexporter.event.Usage;
import org.jspecify.annotations.Nullable;

/**
 * One use that was seen in an answer. Fit to become an event as it is. Immutable.
 *
 * @param id the same whenever the same use is seen again, with the provider's name as its prefix; null where the answer
 *     names none
 * @param messageId that the answer itself bears, by which answers under one id are told apart; null where it has none
 * @param model that was used, or empty when the answer does not say
 * @param usage how much of each resource
 */
public record UsageRecord(@Nullable String id, @Nullable String messageId, String model, Usage usage) {}
