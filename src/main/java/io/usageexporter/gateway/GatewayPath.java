package io.usageexporter.gateway;

import org.jspecify.annotations.Nullable;

/**
 * A request target of the gateway: {@code /gateway/{provider}[/~category]{path}}.
 *
 * @param base what stands before the path
 * @param category decoded; null where the target names none
 * @param path as it came, percent signs included; begins with a slash
 */
record GatewayPath(String base, String provider, @Nullable String category, String path) {
    private static final String ROOT = "/gateway/";

    /**
     * Reads a target.
     *
     * @param target as it came, without the query; with a host before the path it is another's form for a proxy, whose
     *     host does not count
     * @return null when it is not the gateway's
     */
    static @Nullable GatewayPath of(String target) {
        int start = pathStart(target);
        if (!target.startsWith(ROOT, start)) {
            return null;
        }
        int provider = start + ROOT.length();
        int end = segmentEnd(target, provider);
        int base = end;
        String category = null;
        if (target.startsWith("/~", end)) {
            base = segmentEnd(target, end + 1);
            String named = WireText.ofSegment(target.substring(end + 2, base));
            category = named.isBlank() ? null : named;
        }
        String path = target.substring(base);
        return new GatewayPath(
                target.substring(start, base), target.substring(provider, end), category, path.isEmpty() ? "/" : path);
    }

    /** Whether a target is the gateway's. */
    static boolean isMeant(String target) {
        return target.startsWith(ROOT, pathStart(target));
    }

    /** Where the path begins; negative where there is none. */
    private static int pathStart(String target) {
        int host = target.startsWith("/") ? -1 : target.indexOf("://");
        return host < 0 ? 0 : target.indexOf('/', host + 3);
    }

    private static int segmentEnd(String target, int from) {
        int slash = target.indexOf('/', from);
        return slash < 0 ? target.length() : slash;
    }
}
