package io.usageexporter.provider.apify;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Told of Apify's runs that pass by. Called by I/O threads; must not block or throw. */
public interface RunListener {
    /**
     * A run was in an answer.
     *
     * @param category that the caller chose; null for that of its actor
     * @param authorization by which the caller may read it; a secret
     */
    void seen(Run run, @Nullable String category, @Nullable String authorization);

    /**
     * A call that answers with what a run made has ended; the run itself is to be looked for.
     *
     * @param actor or task, as the path names it
     * @param startedAt when the call came
     */
    void syncEnded(
            String actor, boolean isTask, Instant startedAt, @Nullable String category, @Nullable String authorization);

    /** Runs that were started and whose use is still to be recorded. */
    int underWay();

    /** Nobody is interested. */
    RunListener NONE = new RunListener() {
        @Override
        public void seen(Run run, @Nullable String category, @Nullable String authorization) {}

        @Override
        public void syncEnded(
                String actor,
                boolean isTask,
                Instant startedAt,
                @Nullable String category,
                @Nullable String authorization) {}

        @Override
        public int underWay() {
            return 0;
        }
    };
}
