package io.usageexporter.provider.apify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Amount;
import io.usageexporter.testing.Samples;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunTest {
    private static @Nullable Run read(byte[] body, int pieceSize) {
        var reader = new RunReader();
        for (int from = 0; from < body.length; from += pieceSize) {
            reader.read(ByteBuffer.wrap(body, from, Math.min(pieceSize, body.length - from)));
        }
        return reader.finish(true);
    }

    private static @Nullable Run read(String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return read(body, body.length + 1);
    }

    private static Run run(String json) {
        return Objects.requireNonNull(read(json));
    }

    private static Run sample(String name) {
        return run(Samples.text("apify/" + name));
    }

    private static Amount units(String decimal) {
        return Amount.of(new BigDecimal(decimal));
    }

    @ParameterizedTest
    @CsvSource({
        "run-ready.json,                   READY,     0,                   false",
        "run-running.json,                 RUNNING,   0.017,               false",
        "run-succeeded-preliminary.json,   SUCCEEDED, 0.0409,              true",
        "run-succeeded.json,               SUCCEEDED, 0.05177777777777778, true",
        "run-succeeded-without-token.json, SUCCEEDED, 0.05177777777777778, true",
        "run-failed.json,                  FAILED,    0.012,               true",
        "run-aborted.json,                 ABORTED,   0.0085,              true",
        "run-timed-out.json,               TIMED-OUT, 1.0000277777777777,  true"
    })
    void readsEveryStateInPiecesOfAnySize(String name, String status, BigDecimal units, boolean terminal) {
        byte[] body = Samples.bytes("apify/" + name);
        for (int pieceSize : new int[] {1, 7, 37, body.length}) {
            Run run = Objects.requireNonNull(read(body, pieceSize));

            assertThat(run.status()).isEqualTo(status);
            assertThat(run.computeUnits()).isEqualTo(Amount.of(units));
            assertThat(run.isTerminal()).isEqualTo(terminal);
        }
    }

    @Test
    void readsActorAndTimes() {
        assertThat(sample("run-succeeded.json"))
                .isEqualTo(new Run(
                        "Rn0SampleRunId001",
                        "shu8hvrXbJbY3Eb9W",
                        "SUCCEEDED",
                        Instant.parse("2026-11-24T09:00:00.114Z"),
                        Instant.parse("2026-11-24T09:03:06.514Z"),
                        units("0.051778"),
                        units("0.579904"),
                        false));
    }

    @Test
    void readsTheUnwrappedResourceOfAWebhook() throws Exception {
        WebhookPayload payload = WebhookPayload.read(Samples.bytes("apify/webhook-failed.json"));
        Run run = Objects.requireNonNull(payload.run());

        assertThat(run.status()).isEqualTo("FAILED");
        // What is billed says 0.0518 there already, and the run itself never more than this.
        assertThat(run.computeUnits()).isEqualTo(units("0.012"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"computeUnits": 0.5}      | {"ACTOR_COMPUTE_UNITS": 0.7}   | 0.5
                    {"computeUnits": 0}        | {"ACTOR_COMPUTE_UNITS": 0.7}   | 0.7
                    {}                         | {"ACTOR_COMPUTE_UNITS": 0.7}   | 0.7
                    {"computeUnits": null}     | {"ACTOR_COMPUTE_UNITS": null}  | 0
                    {"computeUnits": 0.25}     | null                           | 0.25
                    null                       | null                           | 0
                    []                         | "none"                         | 0
                    {"computeUnits": "0.5"}    | {"ACTOR_COMPUTE_UNITS": true}  | 0.5
                    {"computeUnits": -1}       | {}                             | 0
                    {"computeUnits": 1e999999} | {}                             | 0
                    {"computeUnits": 1e-999999}| {}                             | 0
                    {"computeUnits": 5e-7}     | {}                             | 0
                    {"computeUnits": 1e3}      | {}                             | 1000
                    """)
    void unitsAreTheStatisticsElseTheBilledOnes(String stats, String usage, BigDecimal expected) {
        Run run = run("{\"data\": {\"id\": \"Rn1\", \"stats\": " + stats + ", \"usage\": " + usage + "}}");

        assertThat(run.computeUnits()).isEqualTo(Amount.of(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1e30", "true", "\"x\"", "[]"})
    void invalidUnitsAreFlagged(String units) {
        Run run = run("{\"id\": \"Rn1\", \"stats\": {\"computeUnits\": " + units + "}}");

        assertThat(run.hasInvalidAmounts()).isTrue();
        assertThat(run.computeUnits()).isEqualTo(Amount.of(0));
        assertThat(run("{\"id\": \"Rn1\", \"stats\": {\"computeUnits\": null}}").hasInvalidAmounts())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "DEVELOPER" | null                     | 0
                    "developer" | "FREE"                   | 0
                    null        | "PRICE_PER_DATASET_ITEM" | 0
                    null        | "PAY_PER_EVENT"          | 0
                    "USER"      | "PAY_PER_EVENT"          | 0.25
                    null        | "FLAT_PRICE_PER_MONTH"   | 0.25
                    null        | null                     | 0.25
                    """)
    void unitsPaidByTheDeveloperAreNotCharged(String payer, String pricing, BigDecimal expected) {
        Run run = run("{\"id\": \"Rn1\", \"status\": \"SUCCEEDED\", \"stats\": {\"computeUnits\": 0.25},"
                + " \"usage\": {\"ACTOR_COMPUTE_UNITS\": 0.25}, \"pricingInfo\": {\"pricingModel\": " + pricing
                + "}, \"platformUsageBillingModel\": " + payer + "}");

        assertThat(run.computeUnits()).isEqualTo(Amount.of(expected));
        assertThat(run.isTerminal()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "run-ready.json,                   0",
        "run-succeeded-preliminary.json,   0.425728",
        "run-succeeded.json,               0.579903556",
        "run-succeeded-without-token.json, 0"
    })
    void readsWhatTheRunCosts(String name, BigDecimal usd) {
        assertThat(sample(name).usd()).isEqualTo(Amount.of(usd));
    }

    @Test
    void actorPricedByEventCostsMoneyButNoUnits() {
        Run run = run(
                "{\"id\": \"Rn1\", \"stats\": {\"computeUnits\": 0.25}, \"usageUsd\": {\"ACTOR_COMPUTE_UNITS\": 0.05},"
                        + " \"usageTotalUsd\": 0.031, \"platformUsageBillingModel\": \"DEVELOPER\"}");

        assertThat(run.computeUnits()).isEqualTo(Amount.of(0));
        assertThat(run.usd()).isEqualTo(units("0.031"));
    }

    @ParameterizedTest
    @CsvSource({"-1, true", "1e30, true", "[], true", "null, false", "0, false", "'\"0.5\"', false"})
    void invalidMoneyIsFlagged(String usd, boolean invalid) {
        Run run = run("{\"id\": \"Rn1\", \"usageTotalUsd\": " + usd + "}");

        assertThat(run.hasInvalidAmounts()).isEqualTo(invalid);
    }

    @ParameterizedTest
    @CsvSource({
        "READY,      false, false",
        "RUNNING,    true,  false",
        "ABORTING,   true,  false",
        "TIMING-OUT, true,  false",
        "TIMED_OUT,  true,  true",
        "succeeded,  false, true",
        "EVAPORATED, true,  true",
        "EVAPORATED, false, false"
    })
    void terminalDependsOnStatusAndEnd(String status, boolean finished, boolean terminal) {
        String finishedAt = finished ? "\"2026-11-24T09:03:06.514Z\"" : "null";
        Run run = run("{\"id\": \"Rn1\", \"status\": \"" + status + "\", \"finishedAt\": " + finishedAt + "}");

        assertThat(run.isTerminal()).isEqualTo(terminal);
    }

    @Test
    void everythingButTheIdIsOptional() {
        Run bare = new Run("Rn1", null, "", null, null, Amount.of(0), Amount.of(0), false);

        assertThat(read("{\"id\": \"Rn1\"}")).isEqualTo(bare);
        assertThat(
                        read(
                                "{\"id\": \"Rn1\", \"actId\": 5, \"actorTaskId\": \"a/b\", \"status\": null, \"startedAt\": \"soon\","
                                        + "\"finishedAt\": 1, \"meta\": [], \"stats\": 0, \"usage\": \"\", \"new\": {\"field\": [1]}}"))
                .isEqualTo(bare);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "null",
                "[]",
                "\"Rn1\"",
                "<html>",
                "{\"data\": {}}",
                "{\"data\": {\"id\": null}}",
                "{\"data\": {\"id\": \"../users/me\"}}",
                "{\"data\": {\"id\": \"\"}}",
                "{\"data\": {\"id\": \"Rn1\"}",
                "{\"data\": {\"id\": \"Rn1\"}} x",
                "{\"error\": {\"type\": \"record-not-found\", \"message\": \"\"}}"
            })
    void invalidBodyIsNotARun(String body) {
        assertThat(read(body)).isNull();
    }

    @Test
    void syncResponsesAndErrorsAreNotRuns() {
        assertThat(read(Samples.text("apify/run-sync-get-dataset-items-response.json")))
                .isNull();
        assertThat(read(Samples.text("apify/error-429.json"))).isNull();
    }

    @Test
    void ignoresAResponseOfMoreThanOneMebibyte() {
        String run = "{\"id\": \"Rn1\", \"x\": \"%s\"}";
        int room = RunReader.MAX_BYTES - run.length() + 2;

        assertThat(read(run.formatted("x".repeat(room)))).isNotNull();
        byte[] larger = run.formatted("x".repeat(room + 1)).getBytes(StandardCharsets.UTF_8);
        assertThat(read(larger, 1000)).isNull();
        assertThat(read(larger, larger.length)).isNull();
    }

    @Test
    void ignoresATruncatedResponseAndLeavesTheBufferUnchanged() {
        var reader = new RunReader();
        ByteBuffer body = ByteBuffer.wrap(Samples.bytes("apify/run-ready.json"));
        reader.read(body);

        assertThat(body.position()).isZero();
        assertThat(reader.finish(false)).isNull();
        assertThat(reader.finish(true)).isNotNull();
    }

    @Test
    void readsAPageOfAList() {
        RunPage page = RunPage.read(parsed(Samples.text("apify/actor-runs-list.json")));

        assertThat(page.runs()).extracting(Run::id).containsExactly("Rn0SampleRunId001", "Rn0SampleRunId006");
        assertThat(page.runs()).extracting(Run::isTerminal).containsExactly(true, false);
        assertThat(page.isLast()).isTrue();
    }

    @Test
    void recognizesTheLastPage() {
        String entries = "\"items\": [{\"id\": \"A\"}, {}]}";

        assertThat(page("{\"total\": 5, \"offset\": 2, " + entries).isLast()).isFalse();
        assertThat(page("{\"total\": 4, \"offset\": 2, " + entries).isLast()).isTrue();
        assertThat(page("{" + entries).isLast()).isTrue();
        assertThat(page("{" + entries).entries()).isEqualTo(2);
        assertThat(page("{" + entries).runs()).hasSize(1);
        assertThat(page("{\"items\": [" + "{},".repeat(RunPage.LIMIT - 1) + "{}]}")
                        .isLast())
                .isFalse();
        assertThat(page("{\"total\": 5, \"offset\": 2, \"items\": []}").isLast())
                .isTrue();
        assertThat(page("[]").isLast()).isTrue();
    }

    private static RunPage page(String json) {
        return RunPage.read(parsed(json));
    }

    private static JsonNode parsed(String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return Objects.requireNonNull(ApifyJson.parse(body, body.length));
    }
}
