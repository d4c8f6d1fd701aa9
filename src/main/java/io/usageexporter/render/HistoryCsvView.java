package io.usageexporter.render;

import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import io.usageexporter.event.Decimals;
import io.usageexporter.quota.Quota;
import io.usageexporter.report.History;
import io.usageexporter.report.ProviderHistory;
import io.usageexporter.report.WindowReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A history as CSV (RFC 4180), one line per window, provider, resource and category, and one per consumer. Fields that need a limit are empty
 * without one; a window without categories has one line with an empty category. A name that a spreadsheet would
 * evaluate as a formula is prefixed with an apostrophe.
 */
public final class HistoryCsvView {
    private static final List<String> COLUMNS = List.of(
            "window",
            "from",
            "to",
            "provider",
            "resource",
            "used",
            "limit",
            "percent",
            "status",
            "category",
            "category_used",
            "consumer",
            "consumer_used");

    /** Without it Excel assumes the legacy encoding of the locale. */
    private static final byte[] BYTE_ORDER_MARK = "\uFEFF".getBytes(StandardCharsets.UTF_8);

    private HistoryCsvView() {}

    /** A header line and one line per record, oldest window first, in UTF-8. */
    public static byte[] render(History history) {
        var bytes = new ByteArrayBuilder();
        bytes.write(BYTE_ORDER_MARK);
        try (CsvGenerator csv = Csv.FACTORY.createGenerator(bytes)) {
            csv.setSchema(Csv.schema(COLUMNS));
            for (ProviderHistory provider : history.providers()) {
                for (WindowReport window : provider.windows()) {
                    lines(csv, provider.provider().name(), window);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void lines(CsvGenerator csv, String provider, WindowReport window) throws IOException {
        for (var used : window.used().entrySet()) {
            String resource = used.getKey();
            List<String> start = new ArrayList<>(List.of(
                    window.window().label(),
                    WindowBounds.from(window),
                    WindowBounds.to(window),
                    provider,
                    resource,
                    window.isUnknown(resource) ? "" : Decimals.plain(resource, used.getValue())));
            Quota quota = window.quotas().get(resource);
            start.add(quota == null ? "" : Decimals.plain(resource, quota.limit()));
            start.add(quota == null || quota.isUnknown() ? "" : Decimals.plain(quota.percent()));
            start.add(quota == null || quota.isUnknown() ? "" : quota.status().label());
            if (window.breakdown().isEmpty()) {
                line(csv, start, List.of("", "0", "", ""));
            }
            for (var category : window.breakdown().entrySet()) {
                line(csv, start, List.of(Csv.asText(category.getKey()), amount(category.getValue(), resource), "", ""));
            }
            for (var consumer : window.consumers().entrySet()) {
                line(csv, start, List.of("", "", Csv.asText(consumer.getKey()), amount(consumer.getValue(), resource)));
            }
        }
    }

    private static String amount(Map<String, BigDecimal> byResource, String resource) {
        BigDecimal amount = byResource.get(resource);
        return amount == null ? "" : Decimals.plain(resource, amount);
    }

    private static void line(CsvGenerator csv, List<String> start, List<String> end) throws IOException {
        csv.writeStartArray();
        for (String field : start) {
            csv.writeString(field);
        }
        for (String field : end) {
            csv.writeString(field);
        }
        csv.writeEndArray();
    }
}
