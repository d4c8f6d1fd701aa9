package io.usageexporter.provider.apify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.testing.Samples;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookPayloadTest {
    private static WebhookPayload read(String json) throws WebhookPayload.InvalidException {
        return WebhookPayload.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "webhook-created.json,   Rn0SampleRunId007, READY",
        "webhook-succeeded.json, Rn0SampleRunId001, SUCCEEDED",
        "webhook-failed.json,    Rn0SampleRunId002, FAILED"
    })
    void readsTheDefaultPayload(String name, String id, String status) throws Exception {
        WebhookPayload payload = read(Samples.text("apify/" + name));

        assertThat(payload.runId()).isEqualTo(id);
        assertThat(Objects.requireNonNull(payload.run()).status()).isEqualTo(status);
    }

    @Test
    void readsTimedOutInEitherSpelling() throws Exception {
        String timedOut = "{\"eventType\": \"ACTOR.RUN.TIMED_OUT\", \"eventData\": {\"actorRunId\": \"Rn1\"},"
                + "\"resource\": {\"id\": \"Rn1\", \"status\": \"%s\"}}";
        for (String status : new String[] {"TIMED-OUT", "TIMED_OUT"}) {
            Run run = Objects.requireNonNull(read(timedOut.formatted(status)).run());

            assertThat(run.status()).isEqualTo("TIMED-OUT");
            assertThat(run.isTerminal()).isTrue();
        }
    }

    @Test
    void readsAPayloadWithOnlyARunId() throws Exception {
        assertThat(read(Samples.text("apify/webhook-custom-template-minimal.json")))
                .isEqualTo(new WebhookPayload("Rn0SampleRunId001", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"runId\": \"Rn1\"}",
                "{\"run_id\": \"Rn1\", \"runId\": null}",
                "{\"actorRunId\": \"Rn1\"}",
                "{\"eventData\": {\"actorRunId\": \"Rn1\"}}",
                "{\"resource\": {\"id\": \"Rn1\", \"stats\": {\"computeUnits\": 5}}}",
                "{\"id\": \"Rn1\", \"stats\": {\"computeUnits\": 5}}",
                "{\"eventType\": \"my event\", \"runId\": \"Rn1\"}",
                "{\"eventType\": \"ACTOR.RUN.SUCCEEDED\", \"eventData\": {\"actorRunId\": \"Rn1\"}, \"resource\": null}",
                "{\"eventType\": \"ACTOR.RUN.SUCCEEDED\", \"eventData\": {\"actorRunId\": \"Rn1\"}, \"resource\":"
                        + " {\"id\": \"Rn2\"}}"
            })
    void findsTheIdInACustomPayload(String json) throws Exception {
        assertThat(read(json)).isEqualTo(new WebhookPayload("Rn1", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"eventType\": \"TEST\", \"eventData\": {}, \"resource\": {\"id\": \"Rn1\"}}",
                "{\"eventType\": \"ACTOR.BUILD.SUCCEEDED\", \"eventData\": {\"actorBuildId\": \"Bd1\"}, \"resource\":"
                        + " {\"id\": \"Bd1\"}}"
            })
    void ignoresTestsAndBuilds(String json) throws Exception {
        assertThat(read(json)).isEqualTo(new WebhookPayload(null, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SECRET",
                "[]",
                "[{\"runId\": \"Rn1\"}]",
                "\"Rn1\"",
                "{}",
                "{\"runId\": \"SECRET/../x\"}",
                "{\"runId\": 5}",
                "{\"runId\": \"\"}",
                "{\"runId\": \"Rn1\"",
                "{\"eventType\": \"ACTOR.RUN.SUCCEEDED\"}"
            })
    void invalidPayloadIsRejectedWithoutRepeatingIt(String body) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(WebhookPayload.InvalidException.class)
                .hasMessageContaining("runId")
                .hasMessageNotContaining("SECRET");
    }

    @Test
    void rejectsDeepNestingAndBytesThatAreNotText() {
        assertThatThrownBy(() -> read("{\"a\":".repeat(200_000))).isInstanceOf(WebhookPayload.InvalidException.class);
        assertThatThrownBy(() -> WebhookPayload.read(new byte[] {0, 0, 0, (byte) 0x7b, (byte) 0xff, (byte) 0xff}))
                .isInstanceOf(WebhookPayload.InvalidException.class);
    }
}
