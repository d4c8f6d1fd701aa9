package io.usageexporter.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.cli.SampleTables.Row;
import io.usageexporter.event.Decimals;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every sample costs, read on the way on which it arrives, against a table that was worked out by hand. */
class SampleCostsTest {
    private static final Path FOLDER = Path.of("src/test/resources/io/usageexporter/samples");

    private static final Pattern AMOUNT =
            Pattern.compile(" {4}(?<use>|.* )(?<tokens>tokens\\.)?(?<what>[a-z0-9_]+): (?<amount>[0-9.]+)"
                    + "(?: at \\$(?<price>[0-9.]+) = \\$(?<usd>[0-9.]+))?");

    @TempDir
    Path folder;

    static List<Row> expected() {
        return Row.read(SampleTables.EXPECTED);
    }

    static Stream<Row> messages() {
        return expected().stream()
                .filter(row -> row.sample().startsWith("anthropic/messages-"))
                .filter(row -> row.amounts().size() == 1); // an event has one model
    }

    static List<Row> withoutUsage() {
        return Row.read(SampleTables.WITHOUT_USAGE);
    }

    static List<Row> reported() {
        return Row.read(SampleTables.REPORTED);
    }

    @Test
    void everySampleIsInATable() throws Exception {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> FOLDER.relativize(file).toString())
                            .filter(file -> !file.equals("EXPECTED.json") && !isHeadOfAnother(file)))
                    .containsExactlyInAnyOrderElementsOf(Stream.of(expected(), withoutUsage(), reported())
                            .flatMap(List::stream)
                            .flatMap(row -> row.samples().stream())
                            .toList());
        }
    }

    private static boolean isHeadOfAnother(String file) {
        String body = file.replace(".headers.txt", "");
        return !body.equals(file)
                && Stream.of(".json", ".sse").anyMatch(ending -> Files.exists(FOLDER.resolve(body + ending)));
    }

    @ParameterizedTest
    @MethodSource("expected")
    void sampleCostsWhatTheTableSays(Row row) throws Exception {
        try (var provider = provider(row);
                var exporter = exporter(provider, row)) {
            play(row, exporter);
            Awaitility.await().untilAsserted(() -> assertShown(exporter, row));
        }
        assertThat(explained()).containsExactlyElementsOf(row.amounts());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void postedUsageObjectCostsTheSame(Row row) throws Exception {
        JsonNode message = Samples.json(row.sample());
        try (var provider = provider(row);
                var exporter = exporter(provider, row)) {
            assertThat(exporter.record("{\"provider\": \"anthropic\", \"model\": %s, \"usage\": %s}"
                                    .formatted(message.get("model"), message.get("usage")))
                            .statusCode())
                    .isEqualTo(200);
            assertShown(exporter, row);
        }
        assertThat(explained()).containsExactlyElementsOf(row.amounts());
    }

    @ParameterizedTest
    @MethodSource("withoutUsage")
    void sampleWithoutUsageHasNoCost(Row row) throws Exception {
        try (var provider = provider(row);
                var exporter = exporter(provider, row)) {
            play(row, exporter);
        }
        assertThat(explained()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("reported")
    void reportSaysWhatTheTableSays(Row row) throws Exception {
        try (var provider = provider(row);
                var exporter = exporter(provider, row)) {
            Awaitility.await().untilAsserted(() -> {
                JsonNode month = TestExporter.json(
                                exporter.http().get("/api/usage/reported").body())
                        .at("/windows/" + row.provider() + "/monthly");
                for (String amount : row.amounts()) {
                    assertThat(month.at("/" + amount.substring(0, amount.indexOf(':')) + "/reported")
                                    .asText())
                            .isEqualTo(amount.substring(amount.indexOf('=') + 2));
                }
            });
        }
    }

    /** One that answers the row's request with its sample. */
    private static FakeProvider provider(Row row) throws Exception {
        String path = row.target().replaceFirst("/gateway/[^/]+", "");
        return new FakeProvider()
                .on("GET", "/v2/users/me/limits", FakeResponse.sample("apify/users-me-limits.json"))
                .on("GET", "/v2/users/me/usage/monthly", FakeResponse.sample("apify/users-me-usage-monthly.json"))
                .on("GET", "/v2/actor-runs/Rn0SampleRunId001", FakeResponse.sample("apify/run-succeeded.json"))
                .on(exchange -> exchange.path().equals(path), exchange -> {
                    String sample = row.samples().get(exchange.target().contains("&page=") ? 1 : 0);
                    FakeResponse response = FakeResponse.sample(sample);
                    return sample.contains("truncated") ? response.closesAfter(Long.MAX_VALUE) : response;
                });
    }

    private TestExporter exporter(FakeProvider provider, Row row) throws Exception {
        Files.writeString(folder.resolve("secret"), "secret");
        String poll = row.method().equals("POLL") ? "poll: {KEY: secret}, " : "";
        Files.writeString(config(), """
                providers:
                  anthropic: {ANTHROPICgateway: {upstream: 'URL'}, resources: [requests, tokens], limits: {daily: {usd: 20}}}
                  apify: {APIFYgateway: {upstream: 'URL'}, webhook: {secret_file: secret}, limits: {monthly: {compute_units: 9, usd: 9}}}
                """.replace(
                        "ANTHROPIC", row.provider().equals("anthropic") ? poll.replace("KEY", "admin_key_file") : "")
                .replace("APIFY", row.provider().equals("apify") ? poll.replace("KEY", "token_file") : "")
                .replace("URL", provider.url()));
        return new TestExporter(folder.resolve("usage.db"), config(), new SettableClock("2026-11-24T09:15:30Z"));
    }

    private Path config() {
        return folder.resolve("usage.yml");
    }

    /** Makes the row's request; the provider answers with the sample, but to a webhook the sample is posted. */
    private static void play(Row row, TestExporter exporter) throws Exception {
        if (row.method().equals("POLL")) {
            return;
        }
        boolean isWebhook = row.target().startsWith("/webhooks/");
        byte[] body = isWebhook ? Samples.bytes(row.sample()) : "{\"speed\": \"fast\"}".getBytes(UTF_8);
        try (var client = new RawHttp(exporter.http().port())) {
            client.request(
                            row.method(),
                            row.target(),
                            "Content-Type: application/json",
                            "Content-Length: " + body.length)
                    .write(new String(body, ISO_8859_1))
                    .read();
        }
    }

    /** The sum of the row's costs, to six places, which is absent rather than 0 where nothing has a price. */
    private static void assertShown(TestExporter exporter, Row row) {
        JsonNode usage = exporter.usage();
        List<BigDecimal> costs = row.amounts().stream()
                .filter(amount -> amount.contains("="))
                .map(amount -> new BigDecimal(amount.substring(amount.indexOf('=') + 2)))
                .toList();
        JsonNode usd = usage.at("/used/" + row.provider() + "/daily/usd");
        assertThat(usd.isMissingNode()).isEqualTo(costs.isEmpty());
        if (!costs.isEmpty()) {
            assertThat(usd.decimalValue())
                    .isEqualByComparingTo(costs.stream()
                            .reduce(BigDecimal.ZERO, BigDecimal::add)
                            .setScale(6, RoundingMode.HALF_EVEN));
        }
        assertThat(usage.at("/unpriced/" + row.provider() + "/daily").isEmpty()).isEqualTo(!costs.isEmpty());
    }

    /** The explanation of the day's cost, in the form of the table. */
    private List<String> explained() {
        CommandResult result = CommandResult.of(
                Map.of(),
                "prices",
                "--explain=2026-11-24",
                "--config.file=" + config(),
                "--storage.path=" + folder.resolve("usage.db"));
        assertThat(result.status()).isEqualTo(ExitStatus.OK);
        var terms = new TreeMap<String, List<String>>();
        var sums = new TreeMap<String, BigDecimal>();
        boolean isUnpriced = false;
        for (String line : result.out().lines().toList()) {
            Matcher amount = AMOUNT.matcher(line);
            if (!amount.matches()) {
                isUnpriced = line.equals("  without a price:");
            } else if (!amount.group("what").equals("requests")) {
                terms.computeIfAbsent(amount.group("use"), absent -> new ArrayList<>())
                        .add(term(amount, isUnpriced));
                String usd = amount.group("what").equals("usd") ? amount.group("amount") : amount.group("usd");
                if (usd != null) {
                    sums.merge(amount.group("use"), new BigDecimal(usd), BigDecimal::add);
                }
            }
        }
        return terms.entrySet().stream()
                .map(use -> (use.getKey().isEmpty() ? "" : use.getKey().strip() + ": ")
                        + String.join(" + ", use.getValue())
                        + (sums.containsKey(use.getKey()) ? " = " + Decimals.plain(sums.get(use.getKey())) : ""))
                .toList();
    }

    private static String term(Matcher amount, boolean isUnpriced) {
        String price = amount.group("price");
        if (price == null) {
            String how = amount.group("what").equals("usd") ? "" : isUnpriced ? " unpriced" : " included";
            return amount.group("amount") + " " + amount.group("what") + how;
        }
        BigDecimal shown = new BigDecimal(price).movePointRight(amount.group("tokens") == null ? 0 : 6);
        return amount.group("amount") + " " + amount.group("what") + " x " + Decimals.plain(shown);
    }
}
