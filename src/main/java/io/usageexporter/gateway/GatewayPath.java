package io.usageexporter.gateway;

import io.usageexporter.provider.wire.WireText;
import org.jspecify.annotations.Nullable;

/**
 * A request target of the gateway: {@code /gateway/{provider}[/!token][/~category][/@consumer]{path}[?query]},
 * the three in any order.
 *
 * @param base what precedes the path
 * @param token an API token, decoded; null where the target has none. Never shown.
 * @param category decoded; null where the target names none
 * @param consumer decoded; null where the target names none
 * @param path as received, percent signs included; begins with a slash
 * @param query as received; null where there is no question mark
 */
record GatewayPath(
        String base,
        String provider,
        @Nullable String token,
        @Nullable String category,
        @Nullable String consumer,
        String path,
        @Nullable String query) {
    private static final String ROOT = "/gateway/";

    /** Whether a target is the gateway's. */
    static boolean isOne(String target) {
        return target.startsWith("/") ? target.startsWith(ROOT) : of(target) != null;
    }

    /**
     * Reads a target.
     *
     * @param target as received; the host of an absolute form is ignored
     * @return null when it is not the gateway's
     */
    static @Nullable GatewayPath of(String target) {
        int question = target.indexOf('?');
        return question < 0 ? of(target, null) : of(target.substring(0, question), target.substring(question + 1));
    }

    private static @Nullable GatewayPath of(String target, @Nullable String query) {
        int start = pathStart(target);
        if (!target.startsWith(ROOT, start)) {
            return null;
        }
        int provider = start + ROOT.length();
        int end = segmentEnd(target, provider);
        var token = new NamedSegment("/!", "/%21");
        var category = new NamedSegment("/~", "/%7E");
        var consumer = new NamedSegment("/@", "/%40");
        int base = end;
        int before;
        do {
            before = base;
            base = token.read(target, category.read(target, consumer.read(target, base)));
        } while (base > before);
        String path = target.substring(base);
        return new GatewayPath(
                target.substring(start, base),
                target.substring(provider, end),
                token.name,
                category.name,
                consumer.name,
                path.isEmpty() ? "/" : path,
                query);
    }

    /** A segment of its own that gives a name after a sign, which may be percent-encoded. */
    private static final class NamedSegment {
        private final String sign;
        private final String encoded;
        private boolean isRead;
        private @Nullable String name;

        NamedSegment(String sign, String encoded) {
            this.sign = sign;
            this.encoded = encoded;
        }

        /** Reads the segment at an index if it is this one. Returns the index after it. */
        int read(String target, int at) {
            int start = target.startsWith(sign, at)
                    ? at + sign.length()
                    : target.regionMatches(true, at, encoded, 0, encoded.length()) ? at + encoded.length() : -1;
            if (isRead || start < 0) {
                return at;
            }
            isRead = true;
            int end = segmentEnd(target, start);
            String given = WireText.ofSegment(target.substring(start, end));
            name = given.isBlank() ? null : given;
            return end;
        }
    }

    /** The query with its question mark, also if it is empty. */
    String suffix() {
        return query == null ? "" : "?" + query;
    }

    /** Where the path begins; negative if there is none. */
    private static int pathStart(String target) {
        int host = target.startsWith("/") ? -1 : target.indexOf("://");
        return host < 0 ? 0 : target.indexOf('/', host + 3);
    }

    private static int segmentEnd(String target, int from) {
        int slash = target.indexOf('/', from);
        return slash < 0 ? target.length() : slash;
    }
}
