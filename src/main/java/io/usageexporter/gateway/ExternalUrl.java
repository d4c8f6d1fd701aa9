package io.usageexporter.gateway;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;

/** The URL under which a client reaches the exporter, without a trailing slash. */
public final class ExternalUrl {
    private static final AttachmentKey<String> KEY = AttachmentKey.create(String.class);

    private ExternalUrl() {}

    /** As set, or else as the request says. */
    public static String of(HttpServerExchange exchange) {
        String set = exchange.getAttachment(KEY);
        return set == null ? exchange.getRequestScheme() + "://" + exchange.getHostAndPort() : set;
    }

    /** Host and port in it. */
    public static String authority(HttpServerExchange exchange) {
        String url = of(exchange);
        int start = url.indexOf("://") + "://".length();
        int end = url.indexOf('/', start);
        return end < 0 ? url.substring(start) : url.substring(start, end);
    }

    /** Sets it for a request that does not say it. */
    public static void set(HttpServerExchange exchange, String url) {
        exchange.putAttachment(KEY, url);
    }
}
