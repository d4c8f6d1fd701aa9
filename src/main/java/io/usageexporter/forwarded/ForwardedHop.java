package io.usageexporter.forwarded;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one proxy says about the request that it received. Null is whatever it does not say, or not in a valid form.
 *
 * @param sender of the request
 * @param scheme {@code http} or {@code https}
 * @param host that the sender named
 * @param prefix of the path that the proxy removed; empty, or beginning and not ending with a slash
 */
record ForwardedHop(
        @Nullable InetAddress sender,
        @Nullable String scheme,
        @Nullable HostAndPort host,
        @Nullable String prefix) {
    private static final String FORWARDED = "Forwarded";
    private static final String FOR = "X-Forwarded-For";
    private static final String PROTO = "X-Forwarded-Proto";
    private static final String HOST = "X-Forwarded-Host";
    private static final String PREFIX = "X-Forwarded-Prefix";

    /** Of all values of a header; more than any chain of proxies says. */
    private static final int MAX_LENGTH = 2000;

    /** Without characters that have a meaning in JSON, HTML or a shell. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]+");

    private static final Pattern PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~+@:-]{1,100}){0,10}");

    /**
     * The hops of a request, the last proxy's at the end. A proxy that adds one kind of headers often passes on the other as
     * the client made it up. Most add {@code X-Forwarded-*}, so {@code Forwarded} counts only where there is none of these.
     */
    static List<ForwardedHop> read(Function<String, List<String>> headers) {
        List<String> senders = items(text(headers, FOR));
        List<String> schemes = items(text(headers, PROTO));
        List<String> hosts = items(text(headers, HOST));
        List<String> prefixes = items(text(headers, PREFIX));
        int size = Stream.of(senders, schemes, hosts, prefixes)
                .mapToInt(List::size)
                .max()
                .orElse(0);
        if (size == 0) {
            return ForwardedElements.parse(text(headers, FORWARDED)).stream()
                    .map(ForwardedHop::of)
                    .toList();
        }
        var hops = new ArrayList<ForwardedHop>();
        for (int fromEnd = size; fromEnd > 0; fromEnd--) {
            hops.add(of(
                    fromEnd(senders, fromEnd),
                    fromEnd(schemes, fromEnd),
                    fromEnd(hosts, fromEnd),
                    fromEnd(prefixes, fromEnd)));
        }
        return hops;
    }

    private static String text(Function<String, List<String>> headers, String name) {
        String text = String.join(",", headers.apply(name));
        return text.length() > MAX_LENGTH ? "" : text;
    }

    private static List<String> items(String text) {
        return text.isEmpty()
                ? List.of()
                : Stream.of(text.split(",", -1)).map(String::strip).toList();
    }

    private static @Nullable String fromEnd(List<String> items, int index) {
        return index <= items.size() ? items.get(items.size() - index) : null;
    }

    private static ForwardedHop of(Map<String, String> element) {
        return of(element.get("for"), element.get("proto"), element.get("host"), null);
    }

    private static ForwardedHop of(
            @Nullable String sender, @Nullable String scheme, @Nullable String host, @Nullable String prefix) {
        return new ForwardedHop(
                sender == null ? null : sender(sender),
                scheme == null ? null : scheme(scheme),
                host == null ? null : host(host),
                prefix == null ? null : prefix(prefix));
    }

    /** An address with or without brackets and port; not {@code unknown}, nor a name. */
    private static @Nullable InetAddress sender(String text) {
        InetAddress address = IpAddress.parse(text);
        HostAndPort withPort = address == null ? HostAndPort.parse(text) : null;
        return withPort == null ? address : IpAddress.parse(withPort.host());
    }

    private static @Nullable String scheme(String text) {
        String scheme = text.toLowerCase(Locale.ROOT);
        return scheme.equals("http") || scheme.equals("https") ? scheme : null;
    }

    private static @Nullable HostAndPort host(String text) {
        HostAndPort host = HostAndPort.parse(text);
        boolean isPlain =
                host != null && (host.isAddress() || NAME.matcher(host.host()).matches());
        return isPlain ? host : null;
    }

    private static @Nullable String prefix(String text) {
        String prefix = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        return PATH.matcher(prefix).matches() ? prefix : null;
    }
}
