package io.usageexporter.gateway;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.usageexporter.provider.AcceptEncodingPolicy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Forwards all headers but the hop-by-hop ones (RFC 9110, section 7.6.1) and the gateway's own. */
final class HeaderForwarding {
    /** Names the category of a call. */
    static final HttpString CATEGORY = new HttpString("X-Usage-Category");

    /** Names the consumer of a call. */
    static final HttpString CONSUMER = new HttpString("X-Usage-Consumer");

    /** Authenticates a call to the gateway, not to the provider. */
    private static final HttpString TOKEN = new HttpString("X-Usage-Token");

    private static final Set<HttpString> HOP_BY_HOP = Set.of(
            Headers.CONNECTION,
            new HttpString("Keep-Alive"),
            new HttpString("Proxy-Connection"),
            Headers.PROXY_AUTHENTICATE,
            Headers.PROXY_AUTHORIZATION,
            Headers.TE,
            Headers.TRAILER,
            Headers.TRANSFER_ENCODING,
            Headers.UPGRADE);

    private static final Pattern GZIP = Pattern.compile("gzip(;q=(1.*|0\\.0*[1-9].*))?");

    private HeaderForwarding() {}

    /**
     * Copies the headers of a request.
     *
     * @param host of the provider
     */
    static void request(HeaderMap from, HeaderMap to, String host, AcceptEncodingPolicy encodings) {
        copyEndToEnd(from, to);
        to.remove(CATEGORY);
        to.remove(CONSUMER);
        to.remove(TOKEN);
        to.remove(Headers.EXPECT); // the gateway responds to it once the provider takes the body
        to.put(Headers.HOST, host);
        if (from.contains(Headers.TRANSFER_ENCODING)) {
            to.remove(Headers.CONTENT_LENGTH);
            to.put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
        }
        if (encodings != AcceptEncodingPolicy.FORWARD) {
            boolean gzip = encodings == AcceptEncodingPolicy.GZIP_ONLY && offersGzip(from.get(Headers.ACCEPT_ENCODING));
            to.put(Headers.ACCEPT_ENCODING, gzip ? "gzip" : "identity");
        }
    }

    /** Copies the headers of a response. */
    static void response(HeaderMap from, HeaderMap to) {
        copyEndToEnd(from, to);
        if (from.contains(Headers.TRANSFER_ENCODING)) {
            to.remove(Headers.CONTENT_LENGTH);
        }
    }

    private static void copyEndToEnd(HeaderMap from, HeaderMap to) {
        Set<HttpString> named = namedByConnection(from.get(Headers.CONNECTION));
        for (HeaderValues values : from) {
            HttpString name = values.getHeaderName();
            if (!HOP_BY_HOP.contains(name) && !named.contains(name)) {
                to.putAll(name, values);
            }
        }
    }

    private static Set<HttpString> namedByConnection(@Nullable HeaderValues connection) {
        if (connection == null) {
            return Set.of();
        }
        var names = new HashSet<HttpString>();
        for (String value : connection) {
            for (String name : value.split(",", -1)) {
                names.add(new HttpString(name.strip()));
            }
        }
        names.remove(Headers.CONTENT_LENGTH); // without which a body would be taken for the next request
        return names;
    }

    private static boolean offersGzip(@Nullable HeaderValues accepted) {
        return accepted != null
                && accepted.stream()
                        .flatMap(value -> Arrays.stream(value.split(",", -1)))
                        .map(coding -> coding.replace(" ", "").toLowerCase(Locale.ROOT))
                        .anyMatch(coding -> GZIP.matcher(coding).matches());
    }
}
