package io.usageexporter.ingest;

import static io.usageexporter.ingest.BodyReaderAssertions.APIFY;
import static io.usageexporter.ingest.BodyReaderAssertions.detail;
import static io.usageexporter.ingest.BodyReaderAssertions.readJson;
import static io.usageexporter.ingest.BodyReaderAssertions.readLines;
import static io.usageexporter.ingest.BodyReaderAssertions.rejected;
import static io.usageexporter.ingest.BodyReaderAssertions.rejectedLines;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.UsageEvent;
import io.usageexporter.ingest.InvalidBodyException.Fault;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays and lines of events. */
class BatchTest {
    private static final String NEGATIVE = "{\"provider\": \"apify\", \"usage\": {\"compute_units\": -1}}";
    private static final String UNKNOWN = "{\"provider\": \"apify\", \"cost\": {\"a\": [1]}, \"usage\": {}}";

    @Test
    void readsAnArrayInOrder() throws Exception {
        assertThat(readJson("[" + named("a") + "," + named("b") + "," + named("c") + "]"))
                .extracting(UsageEvent::category)
                .containsExactly("a", "b", "c");
    }

    @Test
    void namesIndexAndFieldOfAnInvalidEvent() {
        InvalidBodyException rejected = rejected("[" + APIFY + "," + NEGATIVE + "," + APIFY + "]");
        assertThat(rejected.faults())
                .containsExactly(new Fault(1, "usage.compute_units must be a decimal number from 0 to 10^12"));
        assertThat(rejected.events()).isEqualTo(3);
        assertThat(detail(rejected))
                .isEqualTo("1 of 3 events cannot be recorded, so none were; [1] usage.compute_units must be a decimal"
                        + " number from 0 to 10^12");
    }

    @Test
    void reportsAllInvalidEvents() {
        InvalidBodyException rejected =
                rejected("[" + String.join(",", NEGATIVE, APIFY, UNKNOWN, "5", APIFY, "[" + APIFY + "]", "{}") + "]");
        assertThat(rejected.faults()).extracting(Fault::index).containsExactly(0, 2, 3, 5, 6);
        assertThat(rejected.faults())
                .extracting(Fault::detail)
                .satisfiesExactly(
                        first -> assertThat(first).contains("usage.compute_units"),
                        second -> assertThat(second).contains("cost"),
                        third -> assertThat(third).isEqualTo("an event must be an object"),
                        fourth -> assertThat(fourth).isEqualTo("an event must be an object"),
                        fifth -> assertThat(fifth).contains("provider is required"));
        assertThat(detail(rejected))
                .startsWith("5 of 7 events cannot be recorded")
                .contains("[0] ", "[2] ", "[3] ")
                .endsWith("…");
    }

    @Test
    void countsAllInvalidEventsAndReportsTheFirst10000() {
        InvalidBodyException rejected = rejected("[" + (NEGATIVE + ",").repeat(10_050) + APIFY + "]");
        assertThat(rejected.events()).isEqualTo(10_051);
        assertThat(detail(rejected)).startsWith("10050 of 10051 events cannot be recorded");
        assertThat(rejected.faults())
                .extracting(Fault::index)
                .containsExactlyElementsOf(IntStream.range(0, 10_000).boxed().toList());
    }

    @Test
    void rejectsMillionsOfInvalidEventsQuickly() {
        int count = BodyReader.MAX_BATCH_BYTES / "{},".length() - 1;
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(detail(rejected("[" + "{},".repeat(count) + "{}]")))
                        .startsWith((count + 1) + " of " + (count + 1) + " events"));
    }

    @Test
    void namesTheIndexWhereAnArrayBreaksOff() {
        assertThat(detail("[" + APIFY + "," + APIFY.substring(0, 30)))
                .startsWith("event [1]: not valid JSON at line 1, column ");
    }

    @Test
    void namesIndexAndFieldOfAnAmountThatIsNotJson() {
        assertThat(detail("[" + APIFY + "," + APIFY.replace("1}}", "NaN}}") + "]"))
                .startsWith("event [1]: not valid JSON at ")
                .contains("usage.compute_units");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[", "[,]", "[" + APIFY, "[" + APIFY + ",]", "[" + APIFY + ",", "[" + APIFY + " " + APIFY + "]"})
    void rejectsABrokenArray(String body) {
        assertThat(detail(body)).startsWith("event [").contains("not valid JSON");
    }

    @Test
    void singleInvalidEventHasNoIndex() {
        InvalidBodyException rejected = rejected(NEGATIVE);
        assertThat(rejected.faults()).isEmpty();
        assertThat(rejected.events()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A\nB\n",
                "A\nB",
                "A\r\nB\r\n",
                "A\r\nB",
                "\n\nA\n\n\nB\n\n",
                " \t\r\nA\n \nB \t\r\n\t",
                "  A\n\tB",
            })
    void readsLinesWithAnyLineEnds(String lines) throws Exception {
        assertThat(readLines(lines.replace("A", named("a")).replace("B", named("b"))))
                .extracting(UsageEvent::category)
                .containsExactly("a", "b");
    }

    @Test
    void acceptsUsageBeforeProviderInEveryLine() throws Exception {
        String line = "{\"usage\": {\"compute_units\": 2}, \"provider\": \"apify\"}\n";
        assertThat(readLines(line.repeat(3)))
                .extracting(event -> event.usage().toString())
                .containsOnly("compute_units=2")
                .hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", " \r\n\t\n"})
    void acceptsEmptyLinesAsAnEmptyBatch(String lines) throws Exception {
        assertThat(readLines(lines)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense                                              | not valid JSON at line 1, column ",
                "{\"provider\": \"apify\"                              | not valid JSON at line ",
                "{\"provider\": \"apify\", \"usage\": {\"compute_units\": NaN}} | in usage.compute_units",
                "{\"provider\": \"apify\", \"usage\": {\"compute_units\": -1}}  | usage.compute_units must be",
                "{}                                                    | provider is required",
                "5                                                     | an event must be an object",
                "null                                                  | an event must be an object",
                "[]                                                    | an event must be an object",
                "[{\"provider\": \"apify\", \"usage\": {\"compute_units\": 1}}] | an event must be an object",
                "{\"cost\": 1} {}                                      | unknown field",
                "{\"cost\": 1} x                                       | unknown field",
                "{\"cost\": 1, x                                       | unknown field",
                "{\"provider\": 5, \"usage\": {\"compute_units\": NaN}}| provider must be a string",
                "5 x                                                   | an event must be an object",
                "]                                                     | not valid JSON",
                "}                                                     | not valid JSON",
            })
    void namesTheIndexOfAnInvalidLine(String line, String detail) {
        InvalidBodyException rejected = rejectedLines(APIFY + "\n\n" + line + "\r\n" + APIFY + "\n");
        assertThat(rejected.faults()).hasSize(1);
        assertThat(rejected.faults().get(0).index()).isEqualTo(1);
        assertThat(rejected.faults().get(0).detail()).contains(detail);
        assertThat(rejected.events()).isEqualTo(3);
        assertThat(detail(rejected))
                .startsWith("1 of 3 events cannot be recorded, so none were; [1] ")
                .contains(detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {" {}", " x", ",", "]", "}", APIFY})
    void rejectsContentAfterTheEventOfALine(String content) {
        InvalidBodyException rejected = rejectedLines(APIFY + "\n" + APIFY + content + "\n");
        assertThat(rejected.faults()).extracting(Fault::index).containsExactly(1);
        assertThat(rejected.events()).isEqualTo(2);
    }

    @Test
    void rejectsAnEventOverTwoLines() {
        assertThat(rejectedLines(APIFY.replace(", ", ",\n")).faults())
                .extracting(Fault::index)
                .containsExactly(0, 1);
    }

    @Test
    void reportsAllInvalidLines() {
        assertThat(rejectedLines(String.join("\n", "x", APIFY, NEGATIVE, "", "{", APIFY))
                        .faults())
                .extracting(Fault::index)
                .containsExactly(0, 2, 3);
    }

    @Test
    void lineOfMoreThanOneMebibyteIsTooLarge() {
        String padding = " ".repeat(BodyReader.MAX_EVENT_BYTES);
        assertThat(rejectedLines(APIFY + "\n" + APIFY.replace(", ", "," + padding))
                        .isTooLarge())
                .isTrue();
    }

    @Test
    void acceptsAllEventsOfABatchOrNone() throws Exception {
        List<UsageEvent> all = readLines((APIFY + "\n").repeat(1000));
        assertThat(all).hasSize(1000);
        assertThat(rejectedLines((APIFY + "\n").repeat(1000) + NEGATIVE).events())
                .isEqualTo(1001);
    }

    private static String named(String category) {
        return "{\"provider\": \"apify\", \"category\": \"" + category + "\", \"usage\": {\"compute_units\": 1}}";
    }
}
