package io.usageexporter.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import io.usageexporter.report.Report;
import io.usageexporter.view.JsonView;
import io.usageexporter.view.MetricsView;
import io.usageexporter.view.TextView;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The pages that are read: they take a report and render it. Run on workers. */
final class ReadHandlers {
    private static final String INDEX = """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Usage exporter</title></head>
            <body>
            <h1>Usage exporter</h1>
            <ul>
            <li><a href="/usage">Usage</a>: what is used and left, for people</li>
            <li><a href="/api/usage">/api/usage</a>: the same as JSON; POST there to record</li>
            <li><a href="/metrics">/metrics</a>: the same for Prometheus</li>
            <li><a href="/-/healthy">/-/healthy</a>, <a href="/-/ready">/-/ready</a></li>
            </ul>
            </body>
            </html>
            """;

    private final ReportSource reports;
    private final MetricsView metrics;

    ReadHandlers(ReportSource reports, MetricsView metrics) {
        this.reports = reports;
        this.metrics = metrics;
    }

    void index(HttpServerExchange exchange) {
        send(exchange, "text/html; charset=utf-8", INDEX);
    }

    void json(HttpServerExchange exchange) throws Exception {
        for (String parameter : exchange.getQueryParameters().keySet()) {
            if (!Set.of("at").contains(parameter)) {
                new Problem(StatusCodes.BAD_REQUEST, "unknown query parameter; allowed is at").send(exchange);
                return;
            }
        }
        Deque<String> at = exchange.getQueryParameters().get("at");
        Report report;
        try {
            report = at == null
                    ? reports.now()
                    : reports.at(
                            OffsetDateTime.parse(at.getFirst().replace(' ', '+').toUpperCase(Locale.ROOT))
                                    .toInstant());
        } catch (DateTimeException e) {
            new Problem(StatusCodes.BAD_REQUEST, "at must be an RFC 3339 instant, such as 2026-11-24T09:15:00Z")
                    .send(exchange);
            return;
        }
        send(exchange, "application/json", JsonView.render(report));
    }

    void text(HttpServerExchange exchange) {
        send(exchange, "text/plain; charset=utf-8", TextView.render(reports.now()));
    }

    void metrics(HttpServerExchange exchange) {
        boolean gzip = acceptsGzip(exchange.getRequestHeaders().get(Headers.ACCEPT_ENCODING));
        MetricsView.Page page = metrics.render(exchange.getRequestHeaders().getFirst(Headers.ACCEPT), gzip);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, page.contentType());
        exchange.getResponseHeaders().put(Headers.VARY, "Accept, Accept-Encoding");
        if (gzip) {
            exchange.getResponseHeaders().put(Headers.CONTENT_ENCODING, "gzip");
        }
        exchange.getResponseSender().send(page.body());
    }

    static void send(HttpServerExchange exchange, String contentType, String body) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, contentType);
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        exchange.getResponseSender().send(body);
    }

    private static boolean acceptsGzip(@Nullable HeaderValues headers) {
        if (headers == null) {
            return false;
        }
        for (String header : headers) {
            for (String coding : header.toLowerCase(Locale.ROOT).split(",", -1)) {
                String[] parts = coding.split(";", -1);
                boolean refused = parts.length > 1 && parts[1].strip().matches("q=0(\\.0*)?");
                if (parts[0].strip().equals("gzip")) {
                    return !refused;
                }
            }
        }
        return false;
    }
}
