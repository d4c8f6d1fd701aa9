package io.usageexporter.provider.apify;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A call whose response has the output of a run but not the run itself. Immutable.
 *
 * @param actor the actor or task, as in {@link ApifyOperation#actor}
 * @param startedAt when the call was received
 * @param authorization the caller's credential for reading the run; a secret
 */
record SyncCall(
        String actor,
        boolean isTask,
        Instant startedAt,
        RunAttribution attribution,
        @Nullable String authorization) {}
