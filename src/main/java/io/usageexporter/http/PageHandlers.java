package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.usageexporter.gateway.ExternalUrl;
import io.usageexporter.render.PlanWindowsText;
import io.usageexporter.render.TextView;
import io.usageexporter.render.page.Assets;
import io.usageexporter.render.page.By;
import io.usageexporter.render.page.PageQuery;
import io.usageexporter.render.page.PageView;
import io.usageexporter.report.Report;
import io.usageexporter.report.ReportSource;
import io.usageexporter.report.TrackingReport;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The pages for browsers, which load and run nothing from elsewhere. Run on workers. */
final class PageHandlers {
    private static final List<String> USAGE_TYPES = List.of("text/plain", "text/html");
    private static final String HTML = "text/html; charset=utf-8";
    private static final String INDEX = """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Usage exporter</title><link rel="stylesheet" href="%s"></head>
            <body>
            <header><h1>Usage exporter</h1></header>
            <main>
            <ul>
            <li><a href="usage">Usage</a>: usage and what is left, for people</li>
            <li><a href="api/usage">/api/usage</a>: the same as JSON; POST there to record</li>
            <li><a href="api/usage/history">/api/usage/history</a>: day by day</li>
            <li><a href="api/usage/reported">/api/usage/reported</a>: the same next to what providers report</li>
            <li><a href="metrics">/metrics</a>: the same for Prometheus</li>
            <li><a href="-/healthy">/-/healthy</a>, <a href="-/ready">/-/ready</a></li>
            </ul>
            </main>
            </body>
            </html>
            """.formatted(Assets.STYLE.link());

    private static final HttpString POLICY = new HttpString("Content-Security-Policy");
    private static final String SAME_ORIGIN = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final HttpString FRAME_OPTIONS = new HttpString("X-Frame-Options");
    private static final HttpString REFERRER_POLICY = new HttpString("Referrer-Policy");

    private final ReportSource reports;
    private final Supplier<TrackingReport> tracking;

    PageHandlers(ReportSource reports, Supplier<TrackingReport> tracking) {
        this.reports = reports;
        this.tracking = tracking;
    }

    void index(HttpServerExchange exchange) {
        page(exchange, INDEX);
    }

    /** The page for clients that prefer HTML, as browsers do; text for all others. */
    void usage(HttpServerExchange exchange) throws BadParameterException {
        exchange.getResponseHeaders().put(Headers.VARY, Headers.ACCEPT_STRING);
        String type = AcceptHeader.of(exchange.getRequestHeaders().get(Headers.ACCEPT))
                .choose(USAGE_TYPES);
        if (type == null) {
            AcceptHeader.refuse(exchange, Headers.ACCEPT_STRING, USAGE_TYPES);
        } else if (type.equals("text/html")) {
            page(exchange, PageView.render(reports.now(), tracking.get(), query(exchange), ExternalUrl.of(exchange)));
        } else {
            Report report = reports.now();
            ReadHandlers.send(
                    exchange,
                    "text/plain; charset=utf-8",
                    TextView.render(report) + PlanWindowsText.render(report, tracking.get()));
        }
    }

    /** Unknown parameters are ignored. */
    private static PageQuery query(HttpServerExchange exchange) throws BadParameterException {
        String asked = first(exchange, "by");
        By by = PageQuery.DEFAULT.by();
        if (asked != null) {
            by = Stream.of(By.values())
                    .filter(each -> each.label().equals(asked))
                    .findFirst()
                    .orElseThrow(() -> new BadParameterException("by must be category, consumer or model"));
        }
        return new PageQuery(by, PageQuery.ALL.equals(first(exchange, "rows")));
    }

    private static @Nullable String first(HttpServerExchange exchange, String parameter) {
        Deque<String> values = exchange.getQueryParameters().get(parameter);
        return values == null ? null : values.peekFirst();
    }

    private static void page(HttpServerExchange exchange, String html) {
        exchange.getResponseHeaders()
                .put(POLICY, SAME_ORIGIN)
                .put(FRAME_OPTIONS, "DENY")
                .put(REFERRER_POLICY, "no-referrer");
        ReadHandlers.send(exchange, HTML, html);
    }

    /** A file of the page, whose link changes with its content. */
    static HttpHandler asset(Assets asset) {
        return exchange -> {
            exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "max-age=31536000, immutable");
            Success.send(exchange, asset.contentType(), asset.content());
        };
    }
}
