package io.usageexporter.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.usageexporter.metrics.MetricsView;
import io.usageexporter.render.JsonView;
import io.usageexporter.render.ReportedJsonView;
import io.usageexporter.report.Report;
import io.usageexporter.report.ReportSource;
import io.usageexporter.report.TrackingReport;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Read endpoints, which render a report. Run on workers. */
final class ReadHandlers {
    private static final String GZIP = "gzip";
    private static final List<String> CODINGS = List.of("identity", GZIP);

    private final ReportSource reports;
    private final Supplier<TrackingReport> tracking;
    private final MetricsView metrics;

    ReadHandlers(ReportSource reports, Supplier<TrackingReport> tracking, MetricsView metrics) {
        this.reports = reports;
        this.tracking = tracking;
        this.metrics = metrics;
    }

    void json(HttpServerExchange exchange) throws Exception {
        String at = QueryParameters.of(exchange, List.of("at")).get("at");
        Report report;
        try {
            report = at == null
                    ? reports.now()
                    : reports.at(OffsetDateTime.parse(at.replace(' ', '+').toUpperCase(Locale.ROOT))
                            .toInstant());
        } catch (DateTimeException e) {
            throw new BadParameterException("at must be an RFC 3339 instant, such as 2026-11-24T09:15:00Z");
        }
        send(exchange, "application/json", JsonView.render(report));
    }

    void reported(HttpServerExchange exchange) {
        send(exchange, "application/json", ReportedJsonView.render(reports.now(), tracking.get()));
    }

    void metrics(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.VARY, "Accept, Accept-Encoding");
        String type = AcceptHeader.of(exchange.getRequestHeaders().get(Headers.ACCEPT))
                .choose(MetricsView.TYPES);
        if (type == null) {
            AcceptHeader.refuse(exchange, Headers.ACCEPT_STRING, MetricsView.TYPES);
            return;
        }
        String coding = AcceptHeader.of(exchange.getRequestHeaders().get(Headers.ACCEPT_ENCODING))
                .choose(CODINGS);
        if (coding == null) {
            AcceptHeader.refuse(exchange, Headers.ACCEPT_ENCODING_STRING, CODINGS);
            return;
        }
        boolean gzip = coding.equals(GZIP);
        MetricsView.Scrape scrape = metrics.render(type, gzip);
        if (gzip) {
            exchange.getResponseHeaders().put(Headers.CONTENT_ENCODING, GZIP);
        }
        Success.send(exchange, scrape.contentType(), scrape.body());
    }

    static void send(HttpServerExchange exchange, String contentType, String body) {
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        Success.send(exchange, contentType, body);
    }
}
