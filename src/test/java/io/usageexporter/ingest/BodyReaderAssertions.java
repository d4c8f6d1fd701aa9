package io.usageexporter.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.usageexporter.event.UsageEvent;
import io.usageexporter.testing.Configs;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Reads bodies with the default configuration. */
final class BodyReaderAssertions {
    static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");
    static final String APIFY = "{\"provider\": \"apify\", \"usage\": {\"compute_units\": 1}}";

    private static final IngestConfig CONFIG = Configs.ingest();

    private BodyReaderAssertions() {}

    /** A valid event with one more field. */
    static String with(String field, String value) {
        return "{\"provider\": \"apify\", \"usage\": {\"compute_units\": 1}, \"" + field + "\": " + value + "}";
    }

    static List<UsageEvent> readJson(String body) throws InvalidBodyException {
        return readJson(utf8(body));
    }

    static List<UsageEvent> readJson(byte[] body) throws InvalidBodyException {
        return BodyReader.readJson(CONFIG, NOW, body, events -> true);
    }

    static List<UsageEvent> readLines(String body) throws InvalidBodyException {
        return readLines(utf8(body));
    }

    static List<UsageEvent> readLines(byte[] body) throws InvalidBodyException {
        return BodyReader.readLines(CONFIG, NOW, body, events -> true);
    }

    static UsageEvent readOne(String body) throws InvalidBodyException {
        List<UsageEvent> events = readJson(body);
        assertThat(events).hasSize(1);
        return events.get(0);
    }

    static String usage(String body) throws InvalidBodyException {
        return readOne(body).usage().toString();
    }

    static InvalidBodyException rejected(byte[] body) {
        return thrown(catchThrowableOfType(InvalidBodyException.class, () -> readJson(body)));
    }

    static InvalidBodyException rejectedLines(String body) {
        return thrown(catchThrowableOfType(InvalidBodyException.class, () -> readLines(body)));
    }

    static InvalidBodyException rejected(String body) {
        return rejected(utf8(body));
    }

    static String detail(String body) {
        return detail(rejected(body));
    }

    static String detail(InvalidBodyException thrown) {
        return Objects.requireNonNull(thrown.getMessage());
    }

    private static InvalidBodyException thrown(InvalidBodyException thrown) {
        assertThat(thrown).as("the rejection of the body").isNotNull();
        return thrown;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
