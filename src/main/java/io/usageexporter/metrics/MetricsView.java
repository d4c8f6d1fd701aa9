package io.usageexporter.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** A scrape in the format and encoding that the client asks for. Thread-safe. */
public final class MetricsView {
    private static final String OPENMETRICS = "application/openmetrics-text";
    private static final String PROTOBUF = "application/vnd.google.protobuf";

    /** The supported media types, the default first. */
    public static final List<String> TYPES = List.of("text/plain", OPENMETRICS, PROTOBUF);

    private static final int EXPECTED_BYTES = 32 * 1024;

    private final PrometheusRegistry registry;
    private final ExpositionFormats formats = ExpositionFormats.init();

    /** @param metrics to expose */
    public MetricsView(SelfMetrics metrics) {
        registry = metrics.registry();
    }

    /** A rendered scrape. */
    public record Scrape(String contentType, ByteBuffer body) {}

    /**
     * Renders a scrape.
     *
     * @param type one of {@link #TYPES}
     * @param gzip whether to compress the body
     */
    public Scrape render(String type, boolean gzip) {
        ExpositionFormatWriter writer = switch (type) {
            case OPENMETRICS -> formats.getOpenMetricsTextFormatWriter();
            case PROTOBUF -> formats.getPrometheusProtobufWriter();
            default -> formats.getPrometheusTextFormatWriter();
        };
        var bytes = new ByteArrayOutputStream(EXPECTED_BYTES);
        try (var out = gzip ? new GZIPOutputStream(bytes) : bytes) {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Scrape(writer.getContentType(), ByteBuffer.wrap(bytes.toByteArray()));
    }
}
