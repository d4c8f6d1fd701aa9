package io.usageexporter.view;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A scrape in the format and encoding that the client asks for. Thread-safe. */
public final class MetricsView {
    private static final int EXPECTED_BYTES = 32 * 1024;

    private final PrometheusRegistry registry;
    private final ExpositionFormats formats = ExpositionFormats.init();

    /** @param registry holds everything to be shown */
    public MetricsView(PrometheusRegistry registry) {
        this.registry = registry;
    }

    /** A rendered scrape. */
    public record Page(String contentType, ByteBuffer body) {}

    /**
     * Takes a scrape.
     *
     * @param accept the Accept header: Prometheus text unless it asks for OpenMetrics or protobuf
     * @param gzip whether to compress the body
     */
    public Page render(@Nullable String accept, boolean gzip) {
        ExpositionFormatWriter writer = formats.findWriter(accept);
        var bytes = new ByteArrayOutputStream(EXPECTED_BYTES);
        try (var out = gzip ? new GZIPOutputStream(bytes) : bytes) {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Page(writer.getContentType(), ByteBuffer.wrap(bytes.toByteArray()));
    }
}
