package io.usageexporter.gateway;

import io.usageexporter.provider.wire.WireText;
import org.jspecify.annotations.Nullable;

/**
 * A request target of the gateway: {@code /gateway/{provider}[/~category]{path}[?query]}.
 *
 * @param base what precedes the path
 * @param category decoded; null where the target names none
 * @param path as received, percent signs included; begins with a slash
 * @param query as received; null where there is no question mark
 */
record GatewayPath(
        String base,
        String provider,
        @Nullable String category,
        String path,
        @Nullable String query) {
    private static final String ROOT = "/gateway/";

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
        int base = end;
        String category = null;
        int name = categoryStart(target, end);
        if (name >= 0) {
            base = segmentEnd(target, name);
            String named = WireText.ofSegment(target.substring(name, base));
            category = named.isBlank() ? null : named;
        }
        String path = target.substring(base);
        return new GatewayPath(
                target.substring(start, base),
                target.substring(provider, end),
                category,
                path.isEmpty() ? "/" : path,
                query);
    }

    /** Where the name of a category begins, after {@code /~} or its encoded form; negative if there is none. */
    private static int categoryStart(String target, int at) {
        if (target.startsWith("/~", at)) {
            return at + 2;
        }
        return target.regionMatches(true, at, "/%7E", 0, 4) ? at + 4 : -1;
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
