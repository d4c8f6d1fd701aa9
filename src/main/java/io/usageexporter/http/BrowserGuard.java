package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import io.usageexporter.forwarded.HostAndPort;
import io.usageexporter.gateway.ExternalUrl;
import io.usageexporter.gateway.Gateway;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what web pages elsewhere make a browser send: a browser may be where the exporter can be reached, and no page
 * can. A page may only link here. On loopback the {@code Host} must be one of the exporter's: otherwise a page whose name is
 * made to resolve to loopback (DNS rebinding) would be one of the exporter's own. Other clients, which send no
 * {@code Origin} and no {@code Sec-Fetch-Site}, notice nothing.
 */
final class BrowserGuard implements HttpHandler {
    private static final HttpString FETCH_SITE = new HttpString("Sec-Fetch-Site");
    private static final HttpString FETCH_MODE = new HttpString("Sec-Fetch-Mode");
    private static final HttpString FETCH_DEST = new HttpString("Sec-Fetch-Dest");
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");
    private static final Pattern ORIGIN = Pattern.compile("(https?)://(.+)");

    /** Not those of the internet: a name that resolves to the host on which a container runs. */
    private static final Set<String> LOCAL_NAMES =
            Set.of("localhost", "host.docker.internal", "host.containers.internal");

    /** The route of what is refused, in metrics. */
    private static final String ROUTE = "FORBIDDEN";

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final HttpHandler next;
    private final String listenHost;
    private final Supplier<@Nullable HostAndPort> publicHost;
    private final Refusals refusals;
    private final HttpHandler crossSite = new UnreadRequest(new Problem(
            StatusCodes.FORBIDDEN,
            "a web page of another site sent this request; such a page may link to the exporter, but neither read"
                    + " nor record through a browser")::send);
    private final HttpHandler unknownHost = new UnreadRequest(new Problem(
            StatusCodes.FORBIDDEN,
            "on loopback the Host header must be localhost, an address, or the host of --web.listen-address or of"
                    + " public_url in the configuration")::send);

    /** Recently seen, so that most requests need no parsing. */
    private volatile String knownHost = "localhost";

    /**
     * Guards all routes.
     *
     * @param listenHost as given in the listen address
     * @param publicHost the configured one, now
     */
    BrowserGuard(HttpHandler next, String listenHost, Supplier<@Nullable HostAndPort> publicHost, Refusals refusals) {
        this.next = next;
        this.listenHost = listenHost;
        this.publicHost = publicHost;
        this.refusals = refusals;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        HeaderMap headers = exchange.getRequestHeaders();
        String host = headers.getFirst(Headers.HOST);
        if (host != null && !isKnown(host) && isOnLoopback(exchange)) {
            refuse(exchange, Refusals.Reason.UNKNOWN_HOST, unknownHost);
        } else if (isCrossSite(exchange, headers, host)) {
            refuse(exchange, Refusals.Reason.CROSS_SITE, crossSite);
        } else {
            next.handleRequest(exchange);
        }
    }

    private void refuse(HttpServerExchange exchange, Refusals.Reason reason, HttpHandler response) throws Exception {
        exchange.putAttachment(Routes.ROUTE, ROUTE);
        refusals.add(reason, exchange.getSourceAddress());
        response.handleRequest(exchange);
    }

    private boolean isKnown(String host) {
        if (host.equals(knownHost)) {
            return true;
        }
        HostAndPort named = HostAndPort.parse(host);
        if (named == null) {
            return false;
        }
        // An address cannot be made to resolve elsewhere.
        if (LOCAL_NAMES.contains(named.host())
                || named.host().endsWith(".localhost")
                || named.host().equalsIgnoreCase(listenHost)
                || named.isAddress()) {
            knownHost = host;
            return true;
        }
        HostAndPort configured = publicHost.get();
        return configured != null && named.host().equals(configured.host());
    }

    private static boolean isOnLoopback(HttpServerExchange exchange) {
        return exchange.getDestinationAddress().getAddress().isLoopbackAddress();
    }

    private static boolean isCrossSite(HttpServerExchange exchange, HeaderMap headers, @Nullable String host) {
        String site = headers.getFirst(FETCH_SITE);
        if (site != null) {
            return !OWN_SITES.contains(site) && !isLink(exchange, headers);
        }
        String origin = headers.getFirst(Headers.ORIGIN);
        return origin != null && !isSame(origin, host) && !isSame(origin, ExternalUrl.authority(exchange));
    }

    /** Whether a browser opens this as a page of its own. */
    private static boolean isLink(HttpServerExchange exchange, HeaderMap headers) {
        boolean reads = exchange.getRequestMethod().equals(Methods.GET)
                || exchange.getRequestMethod().equals(Methods.HEAD);
        String destination = headers.getFirst(FETCH_DEST);
        return reads
                && "navigate".equals(headers.getFirst(FETCH_MODE))
                && (destination == null || destination.equals("document"))
                && !Gateway.handles(RequestHeads.target(exchange));
    }

    /** Whether an origin has this host and port. Not its scheme, which a proxy may have changed. */
    private static boolean isSame(String origin, @Nullable String host) {
        Matcher parts = ORIGIN.matcher(origin);
        HostAndPort named = host == null ? null : HostAndPort.parse(host);
        HostAndPort given = parts.matches() ? HostAndPort.parse(parts.group(2)) : null;
        if (named == null || given == null) {
            return false;
        }
        int implied = parts.group(1).equals("https") ? HTTPS_PORT : HTTP_PORT;
        return given.host().equals(named.host()) && given.portOr(implied) == named.portOr(implied);
    }

    /** Whether a browser sent a request, whatever page made it do so. */
    static boolean isBrowser(HeaderMap headers) {
        return headers.contains(Headers.ORIGIN)
                || headers.contains(FETCH_SITE)
                || headers.contains(FETCH_MODE)
                || headers.contains(Headers.REFERER);
    }
}
