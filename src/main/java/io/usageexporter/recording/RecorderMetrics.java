package io.usageexporter.recording;

import io.usageexporter.event.Source;

/** Told of what the recorder does. Called by its thread; must not block or throw. */
public interface RecorderMetrics {
    /** A group was committed, which took this long. */
    void committed(long nanos);

    /** Events were there already. */
    void duplicates(Source source, int events);

    /** Nobody is interested. */
    RecorderMetrics NONE = new RecorderMetrics() {
        @Override
        public void committed(long nanos) {}

        @Override
        public void duplicates(Source source, int events) {}
    };
}
