package io.usageexporter.forwarded;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The syntax of the header {@code Forwarded} (RFC 7239, section 4). */
final class ForwardedElements {
    /** A name and a value, which some proxies do not quote although it has a colon or brackets. */
    private static final Pattern PAIR = Pattern.compile(
            "[ \\t]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)=(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s\",;=]*+))[ \\t]*");

    private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");

    private ForwardedElements() {}

    /** The elements with their values by name in lower case; none if the text is malformed anywhere. */
    static List<Map<String, String>> parse(String text) {
        var elements = new ArrayList<Map<String, String>>();
        Map<String, String> element = new HashMap<>();
        Matcher pair = PAIR.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!pair.region(at, text.length()).lookingAt()) {
                return List.of();
            }
            String quoted = pair.group(2);
            String value =
                    quoted == null ? pair.group(3) : ESCAPED.matcher(quoted).replaceAll("$1");
            boolean isRepeated = element.put(pair.group(1).toLowerCase(Locale.ROOT), value) != null;
            at = pair.end();
            boolean isEnd = at == text.length() || text.charAt(at) == ',';
            if (isRepeated || (!isEnd && text.charAt(at) != ';')) {
                return List.of();
            }
            if (isEnd) {
                elements.add(element);
                element = new HashMap<>();
            }
            at++;
        }
        return elements;
    }
}
