package io.usageexporter.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Bodies of posts: events, or one error. */
public final class IngestFuzz {
    private IngestFuzz() {}

    public static void body(byte[] input) {
        BodyReaderPropertyTest.check(input, false);
    }

    /** What is accepted line by line is the same as the lines, each read for itself. */
    public static void lines(byte[] input) {
        BodyReaderPropertyTest.check(input, true);
        List<UsageEvent> events;
        try {
            events = BodyReaderAssertions.readLines(input);
        } catch (InvalidBodyException e) {
            return;
        }
        var apart = new ArrayList<Usage>();
        for (String line : new String(input, StandardCharsets.UTF_8).split("\n", -1)) {
            if (!line.isBlank()) {
                try {
                    BodyReaderAssertions.readJson(line).forEach(event -> apart.add(event.usage()));
                } catch (InvalidBodyException e) {
                    throw new AssertionError(line, e);
                }
            }
        }
        assertThat(events).extracting(UsageEvent::usage).isEqualTo(apart);
    }
}
