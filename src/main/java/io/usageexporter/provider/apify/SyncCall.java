package io.usageexporter.provider.apify;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A call whose response holds what a run produced but not the run itself. Immutable.
 *
 * @param actor or task, as {@link ApifyOperation#actor} names it
 * @param startedAt when the call came
 * @param category that the caller chose; null for that of the actor
 * @param authorization with which the caller may read the run; a secret
 */
record SyncCall(
        String actor,
        boolean isTask,
        Instant startedAt,
        @Nullable String category,
        @Nullable String authorization) {}
