package io.usageexporter.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Prometheus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The variables of a dashboard as Grafana resolves them on first load: All if available, or else the first value. See
 * "Prometheus template variables" and "Global variables" in Grafana's documentation.
 */
final class Variables {
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.*), *(\\w+)\\)", Pattern.DOTALL);
    private static final Pattern QUERY_RESULT = Pattern.compile("query_result\\((.*)\\)", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("\\$\\{(\\w+)(?::\\w+)?}|\\$(\\w+)");

    private final Map<String, String> values = new TreeMap<>();

    /** Resolves the variables by querying Prometheus, except for those given, which may include Grafana's own. */
    Variables(Dashboard dashboard, Prometheus prometheus, Instant at, Map<String, String> given) {
        values.putAll(Map.of(
                "__rate_interval",
                "10s",
                "__rate_interval_ms",
                "10000",
                "__interval",
                "5s",
                "__interval_ms",
                "5000",
                "__range",
                "60s",
                "__range_s",
                "60"));
        values.putAll(given);
        for (JsonNode variable : dashboard.variables()) {
            String name = variable.get("name").asText();
            if (given.containsKey(name)) {
                continue;
            }
            List<String> found = values(variable, prometheus, at);
            assertThat(found).as(dashboard.uid() + " / variable " + name).isNotEmpty();
            String all = variable.path("allValue").asText("");
            String value = !variable.path("includeAll").asBoolean()
                    ? found.get(0)
                    : !all.isEmpty() ? all : found.stream().collect(Collectors.joining("|", "(", ")"));
            values.put(name, value);
        }
    }

    private List<String> values(JsonNode variable, Prometheus prometheus, Instant at) {
        String query = fill(variable.at("/query/query").asText());
        Matcher labels = LABEL_VALUES.matcher(query);
        if (labels.matches()) {
            return prometheus.labelValues(labels.group(1), labels.group(2));
        }
        Matcher result = QUERY_RESULT.matcher(query);
        assertThat(result.matches()).as(query).isTrue();
        String regex = variable.path("regex").asText();
        Pattern value = Pattern.compile(regex.substring(1, regex.length() - 1));
        return prometheus
                .query(result.group(1), at)
                .valueStream()
                .map(series -> value.matcher(text(series)))
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .distinct()
                .toList();
    }

    /** A series in the form that Grafana matches against a variable's regex. */
    private static String text(JsonNode series) {
        return series.get("metric")
                .propertyStream()
                .map(label -> label.getKey() + "=\"" + label.getValue().asText() + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** Replaces all variables in an expression; fails on unknown ones. */
    String fill(String expression) {
        return NAME.matcher(expression).replaceAll(match -> {
            String name = match.group(1) == null ? match.group(2) : match.group(1);
            String value = values.get(name);
            assertThat(value).as("$" + name + " in " + expression).isNotNull();
            return Matcher.quoteReplacement(String.valueOf(value));
        });
    }
}
