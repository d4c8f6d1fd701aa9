package io.usageexporter.recording;

import io.usageexporter.event.Source;

/** Receives recorder measurements. Called by the recorder's thread; must not block or throw. */
public interface RecorderMetrics {
    /** A group was committed in this time. */
    void committed(long nanos);

    /** Events were duplicates. */
    void duplicates(Source source, int events);

    /** A no-op implementation. */
    RecorderMetrics NONE = new RecorderMetrics() {
        @Override
        public void committed(long nanos) {}

        @Override
        public void duplicates(Source source, int events) {}
    };
}
