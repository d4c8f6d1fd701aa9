package io.usageexporter.provider.wire;

import java.util.ArrayDeque;
import java.util.Locale;

/**
 * The normal form of a path, which identifies the operation of a call: paths that servers may treat as the same have the
 * same normal form (RFC 3986, section 6.2.2, and common practice beyond: empty segments, backslashes, segment parameters,
 * fragments). Calls are forwarded with their original path.
 */
public final class NormalPath {
    private static final String LONE_PERCENT_SIGN = "%25";

    private NormalPath() {}

    /**
     * The normal form of a path.
     *
     * @param path as received, percent-encoded
     */
    public static String of(String path) {
        return isNormal(path) ? path : joined(decoded(path));
    }

    /** Whether a path certainly is its own normal form, as most are. */
    private static boolean isNormal(String path) {
        boolean afterSlash = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean fits = afterSlash ? c != '/' && c != '.' : i > 0 || c == '/';
            if (!fits || (c != '/' && c != ':' && c != '@' && !isUnreserved(c))) {
                return false;
            }
            afterSlash = c == '/';
        }
        return !path.isEmpty() && !afterSlash;
    }

    /** Decodes unreserved characters, whose encoding makes no difference. */
    private static String decoded(String path) {
        var decoded = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            int octet = PercentDecoder.octet(path, i);
            if (octet < 0) {
                decoded.append(path.charAt(i) == '%' ? LONE_PERCENT_SIGN : path.substring(i, i + 1));
                continue;
            }
            if (isUnreserved(octet)) {
                decoded.append((char) octet);
            } else {
                decoded.append(path.substring(i, i + 3).toUpperCase(Locale.ROOT));
            }
            i += 2;
        }
        return decoded.toString();
    }

    private static boolean isUnreserved(int octet) {
        return (octet >= 'a' && octet <= 'z')
                || (octet >= 'A' && octet <= 'Z')
                || (octet >= '0' && octet <= '9')
                || "-._~".indexOf(octet) >= 0;
    }

    private static String joined(String decoded) {
        int fragment = decoded.indexOf('#');
        var segments = new ArrayDeque<String>();
        for (String segment : decoded.substring(0, fragment < 0 ? decoded.length() : fragment)
                .replace('\\', '/')
                .split("/", -1)) {
            int parameters = segment.indexOf(';');
            String name = parameters < 0 ? segment : segment.substring(0, parameters);
            if (name.equals("..")) {
                segments.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                segments.addLast(name);
            }
        }
        return "/" + String.join("/", segments);
    }
}
