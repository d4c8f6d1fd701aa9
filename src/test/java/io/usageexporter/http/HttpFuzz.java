package io.usageexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.usageexporter.testing.Configs;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;

/** Headers and query parameters of requests. */
public final class HttpFuzz {
    private static final List<String> OFFERED = List.of("text/plain", "text/html", "application/openmetrics-text");
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");

    private HttpFuzz() {}

    public static void accept(byte[] input) {
        var headers = new HeaderMap();
        headers.add(Headers.ACCEPT, new String(input, StandardCharsets.ISO_8859_1));
        AcceptHeader accept = AcceptHeader.of(headers.get(Headers.ACCEPT));
        String chosen = accept.choose(OFFERED);

        assertThat(accept.choices()).isNotEmpty().allMatch(choice -> choice.weight() >= 0);
        if (chosen != null) {
            assertThat(chosen).isIn(OFFERED);
        }
    }

    public static void history(byte[] input) {
        var values = new HashMap<String, String>();
        for (String parameter : new String(input, StandardCharsets.UTF_8).split("&", -1)) {
            String[] parts = parameter.split("=", 2);
            values.put(parts[0], parts[parts.length - 1]);
        }
        try {
            var query = new HistoryParameters(
                            new QueryParameters(values),
                            Configs.defaults().providers().values(),
                            NOW)
                    .query();
            assertThat(query.days()).isPositive();
        } catch (BadParameterException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
