package io.usageexporter.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;

/** The text formats. */
enum TextFormat {
    /** Version 0.0.4. */
    PROMETHEUS(PrometheusTextFormatWriter.create()),
    /** Version 1.0.0. */
    OPENMETRICS(OpenMetricsTextFormatWriter.create());

    /** Immutable, as the library makes it. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final ExpositionFormatWriter library;

    TextFormat(ExpositionFormatWriter library) {
        this.library = library;
    }

    /** The client library's writer. */
    ExpositionFormatWriter library() {
        return library;
    }
}
