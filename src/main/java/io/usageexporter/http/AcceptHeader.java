package io.usageexporter.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.StatusCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An {@code Accept} or {@code Accept-Encoding} header (RFC 9110). Immutable.
 *
 * @param choices in the given order, in lower case
 */
record AcceptHeader(List<Choice> choices) {
    private static final Pattern WEIGHT = Pattern.compile("\\s*q\\s*=\\s*([01](?:\\.\\d*)?)\\s*");

    private static final double NOT_LISTED = -1;

    /**
     * One item of the header.
     *
     * @param name may contain a wildcard: {@code text/*}
     * @param weight the quality value; 0 means not acceptable
     */
    record Choice(String name, double weight) {}

    /** @param headers null if the client sent none */
    static AcceptHeader of(@Nullable HeaderValues headers) {
        var choices = new ArrayList<Choice>();
        if (headers != null) {
            for (String header : headers) {
                for (String choice : header.toLowerCase(Locale.ROOT).split(",", -1)) {
                    String[] parts = choice.split(";", -1);
                    choices.add(new Choice(parts[0].strip(), weight(parts)));
                }
            }
        }
        return new AcceptHeader(List.copyOf(choices));
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

    /**
     * Chooses the representation to send: the one of highest weight. Ties are broken in favour of an exact name over a
     * wildcard, then by the client's order, then by the server's. Items not listed come last; items of weight 0 are never
     * sent.
     *
     * @param offered media types or codings in lower case, the default first
     * @return null if the client accepts none of them
     */
    @Nullable
    String choose(List<String> offered) {
        String best = null;
        for (String name : offered) {
            if (weight(name) != 0 && (best == null || isBefore(name, best))) {
                best = name;
            }
        }
        return best;
    }

    private boolean isBefore(String name, String best) {
        int difference = Double.compare(weight(name), weight(best));
        if (difference != 0) {
            return difference > 0;
        }
        int place = indexOf(name);
        int bestPlace = indexOf(best);
        return place >= 0 && (bestPlace < 0 || place < bestPlace);
    }

    /** The weight of the most specific choice that matches, or {@link #NOT_LISTED}. */
    private double weight(String name) {
        int slash = name.indexOf('/');
        List<String> ranges = slash < 0 ? List.of(name, "*") : List.of(name, name.substring(0, slash) + "/*", "*/*");
        for (String range : ranges) {
            OptionalDouble weight = choices.stream()
                    .filter(choice -> choice.name().equals(range))
                    .mapToDouble(Choice::weight)
                    .max();
            if (weight.isPresent()) {
                return weight.getAsDouble();
            }
        }
        return NOT_LISTED;
    }

    private int indexOf(String name) {
        for (int i = 0; i < choices.size(); i++) {
            if (choices.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Ends an exchange whose client accepts none of the representations. */
    static void refuse(HttpServerExchange exchange, String header, List<String> offered) {
        new Problem(
                        StatusCodes.NOT_ACCEPTABLE,
                        header + " accepts none of the available representations: " + String.join(", ", offered))
                .send(exchange);
    }
}
