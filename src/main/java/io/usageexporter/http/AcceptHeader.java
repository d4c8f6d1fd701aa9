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
 * What a client accepts, by its {@code Accept} or {@code Accept-Encoding} (RFC 9110). Immutable.
 *
 * @param choices in the order in which they are given, in lower case
 */
record AcceptHeader(List<Choice> choices) {
    private static final Pattern WEIGHT = Pattern.compile("\\s*q\\s*=\\s*([01](?:\\.\\d*)?)\\s*");

    private static final double UNMENTIONED = -1;

    /**
     * One of the things that the client names.
     *
     * @param name perhaps with a wildcard: {@code text/*}
     * @param weight how much it is wanted, 0 for not at all
     */
    record Choice(String name, double weight) {}

    /** @param headers null when the client says nothing */
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
     * Which of the things on offer to send. The one that is wanted most; of two that are wanted equally, that which is
     * named rather than met by a wildcard, of two that are named the first, else that which is offered first. What is
     * not mentioned comes after all that is wanted, and what has the weight 0 is never sent.
     *
     * @param offered media types or codings in lower case, the default first
     * @return null when the client rules out each of them
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

    /** The weight by the most specific choice that includes it, or {@link #UNMENTIONED}. */
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
        return UNMENTIONED;
    }

    private int indexOf(String name) {
        for (int i = 0; i < choices.size(); i++) {
            if (choices.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Ends an exchange whose client accepts none of what there is. */
    static void refuse(HttpServerExchange exchange, String header, List<String> offered) {
        new Problem(
                        StatusCodes.NOT_ACCEPTABLE,
                        header + " rules out all that there is here: " + String.join(", ", offered))
                .send(exchange);
    }
}
