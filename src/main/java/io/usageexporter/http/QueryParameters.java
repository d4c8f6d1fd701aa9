package io.usageexporter.http;

import io.undertow.server.HttpServerExchange;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query parameters of a request: known to the route, and given at most once. Immutable. */
record QueryParameters(Map<String, String> values) {

    /** @throws BadParameterException naming the first parameter that is unknown or repeated */
    static QueryParameters of(HttpServerExchange exchange, List<String> allowed) throws BadParameterException {
        var values = new HashMap<String, String>();
        for (Map.Entry<String, Deque<String>> parameter :
                exchange.getQueryParameters().entrySet()) {
            String name = parameter.getKey();
            if (!allowed.contains(name)) {
                throw new BadParameterException(
                        "unknown query parameter " + name + "; allowed: " + String.join(", ", allowed));
            }
            if (parameter.getValue().size() > 1) {
                throw new BadParameterException(name + " may be given only once");
            }
            values.put(name, parameter.getValue().getFirst());
        }
        return new QueryParameters(Map.copyOf(values));
    }

    /** The value of a parameter, or null if it is missing. */
    @Nullable
    String get(String name) {
        return values.get(name);
    }
}
