package io.usageexporter.http;

import io.undertow.util.HeaderValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client accepts, by its {@code Accept} or {@code Accept-Encoding} (RFC 9110). Immutable.
 *
 * @param choices in the order in which they are given, in lower case
 */
record Accepts(List<Choice> choices) {
    private static final Pattern WEIGHT = Pattern.compile("\\s*q\\s*=\\s*([01](?:\\.\\d*)?)\\s*");

    /**
     * One of the things that the client names.
     *
     * @param name perhaps with a wildcard: {@code text/*}
     * @param weight how much it is wanted, 0 for not at all
     */
    record Choice(String name, double weight) {}

    /** @param headers null when the client says nothing */
    static Accepts of(@Nullable HeaderValues headers) {
        var choices = new ArrayList<Choice>();
        if (headers != null) {
            for (String header : headers) {
                for (String choice : header.toLowerCase(Locale.ROOT).split(",", -1)) {
                    String[] parts = choice.split(";", -1);
                    choices.add(new Choice(parts[0].strip(), weight(parts)));
                }
            }
        }
        return new Accepts(List.copyOf(choices));
    }

    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            Matcher weight = WEIGHT.matcher(parts[i]);
            if (weight.matches()) {
                return Double.parseDouble(weight.group(1));
            }
        }
        return 1;
    }

    /** Whether this is accepted by its own name, not only by a wildcard. */
    boolean names(String name) {
        int index = indexOf(name);
        return index >= 0 && choices.get(index).weight() > 0;
    }

    /**
     * Whether the client asks for this media type by its own name, and not rather for the other one, which it gets when
     * it does not care. Of two that are wanted equally, the first named is preferred.
     */
    boolean prefers(String type, String other) {
        if (!names(type)) {
            return false;
        }
        int named = indexOf(other);
        int difference = Double.compare(weight(type), weight(other));
        return difference > 0 || (difference == 0 && (named < 0 || indexOf(type) < named));
    }

    /** The weight of a media type, by the most specific choice that includes it. */
    private double weight(String type) {
        for (String range : List.of(type, type.substring(0, type.indexOf('/')) + "/*", "*/*")) {
            int index = indexOf(range);
            if (index >= 0) {
                return choices.get(index).weight();
            }
        }
        return 0;
    }

    private int indexOf(String name) {
        for (int i = 0; i < choices.size(); i++) {
            if (choices.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
