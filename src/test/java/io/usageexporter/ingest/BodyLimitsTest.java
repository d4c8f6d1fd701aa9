package io.usageexporter.ingest;

import static io.usageexporter.ingest.BodyReaderAssertions.APIFY;
import static io.usageexporter.ingest.BodyReaderAssertions.detail;
import static io.usageexporter.ingest.BodyReaderAssertions.readJson;
import static io.usageexporter.ingest.BodyReaderAssertions.rejected;
import static io.usageexporter.ingest.BodyReaderAssertions.usage;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyLimitsTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"provider\": \"apify\", \"usage\": {\"compute_units\": %s}}",
                "{\"usage\": {\"compute_units\": %s}, \"provider\": \"apify\"}",
                "{\"provider\": \"anthropic\", \"usage\": {\"input_tokens\": %s}}",
                "{\"provider\": \"anthropic\", \"usage\": {\"tokens\": {\"input\": %s}}}",
                "{\"provider\": \"anthropic\", \"usage\": {\"input_tokens\": 1, \"unknown\": %s}}",
            })
    void rejectsANumberOfAMillionDigitsQuickly(String body) {
        for (String number : new String[] {
            "9".repeat(1_000_000),
            "0." + "1".repeat(1_000_000),
            "-" + "1".repeat(500_000) + ".5",
            "1e" + "9".repeat(1_000_000)
        }) {
            Assertions.assertTimeoutPreemptively(
                    SOON, () -> assertThat(detail(body.replace("%s", number))).contains("usage"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "{\"provider\": \"apify\", \"usage\": {\"compute_units\": %s",
                "{\"usage\": {\"compute_units\": %s",
                "{\"provider\": \"apify\", \"unknown\": %s",
                "{\"provider\": %s",
                "[{\"id\": %s",
                "{\"provider\": \"anthropic\", \"usage\": {\"input_tokens\": 1, \"unknown\": %s",
                "{\"provider\": \"anthropic\", \"usage\": {\"input_tokens\": 1, \"iterations\": %s",
            })
    void rejectsDeepNestingQuickly(String body) {
        for (String nest : new String[] {
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            "[".repeat(100_000) + "]".repeat(100_000),
            "{\"iterations\":[".repeat(100_000),
        }) {
            Assertions.assertTimeoutPreemptively(
                    SOON, () -> assertThat(detail(body.replace("%s", nest))).isNotEmpty());
        }
    }

    @Test
    void limitsNestingOfIgnoredFieldsTo32() throws Exception {
        String body = "{\"provider\": \"anthropic\", \"usage\": {\"input_tokens\": 1, \"new\": %s}}";
        assertThat(usage(body.replace("%s", "[".repeat(30) + "]".repeat(30)))).isEqualTo("requests=1 tokens.input=1");
        assertThat(detail(body.replace("%s", "[".repeat(31) + "]".repeat(31))))
                .contains("in usage.new")
                .contains("objects may nest 32 deep");
    }

    @Test
    void rejectsANameOfAMillionCharactersQuickly() {
        Assertions.assertTimeoutPreemptively(
                SOON,
                () -> assertThat(detail("{\"" + "x".repeat(1_000_000) + "\": 1}"))
                        .contains("a name 1000 characters")
                        .hasSizeLessThan(2000));
    }

    @Test
    void acceptsAnEventOfOneMebibyte() throws Exception {
        assertThat(readJson(ofSize(BodyReader.MAX_EVENT_BYTES))).hasSize(1);
    }

    @Test
    void largerEventIsTooLarge() {
        InvalidBodyException rejected = rejected(ofSize(BodyReader.MAX_EVENT_BYTES + 1));
        assertThat(rejected.isTooLarge()).isTrue();
        assertThat(detail(rejected)).isEqualTo("an event may have at most 1 MiB (1048576 bytes)");
    }

    @Test
    void largerEventInABatchIsTooLarge() {
        assertThat(rejected("[" + APIFY + "," + ofSize(BodyReader.MAX_EVENT_BYTES + 1) + "]")
                        .isTooLarge())
                .isTrue();
    }

    @Test
    void largerInvalidEventIsTooLarge() {
        assertThat(rejected(ofSize(BodyReader.MAX_EVENT_BYTES + 1).replace("apify", "bogus"))
                        .isTooLarge())
                .isTrue();
    }

    @Test
    void batchMayExceedTheLimitOfAnEvent() throws Exception {
        assertThat(readJson("[" + (ofSize(700_000) + ",").repeat(2) + APIFY + "]"))
                .hasSize(3);
    }

    @Test
    void otherErrorsAreNotTooLarge() {
        assertThat(rejected("{}").isTooLarge()).isFalse();
    }

    private static String ofSize(int bytes) {
        return APIFY.replace(", ", "," + " ".repeat(bytes - APIFY.length() + 1));
    }
}
