package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.Config;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PricesCommandTest {
    private static final Path SAMPLES = Path.of("src/test/resources/io/usageexporter/cli");
    private static final String CONFIG = """
            providers: {anthropic: {resources: [tokens]}, apify: {resources: [compute_units]}}
            prices:
              - {provider: anthropic, model: "claude-haiku-5-5*", from: 2026-10-07, until: 2027-01-01, input: 0.10, unspecified: 0.2,
                 long_prompt: {over: 0, input: 0.50, until: 2026-12-01}, fast: {input: 3, output: 4}, batch: 0.5, us: 1.1,
                 checked: 2026-11-28, source: 'the \\ "list"'}
              - {provider: anthropic, model: "claude-haiku-6: x", from: 2027-01-01, checked: 2026-11-28, input: 0.10}
              - {provider: anthropic, model: claude-haiku-6, from: 2027-01-01, checked: 2026-11-28, input: 0.10, confirmed: true}
              - {provider: apify, from: 2026-04-22, units: {compute_units: 0.20, events: 1}, factor: 0.85}
              - {provider: anthropic, factor: 0.9}
            """;

    @TempDir
    Path folder;

    private Path config = Path.of("");

    @BeforeEach
    void writeConfig() throws Exception {
        config = Files.writeString(folder.resolve("usage.yml"), CONFIG);
    }

    private static CommandResult prices(String... arguments) {
        var all = new String[arguments.length + 1];
        all[0] = "prices";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return CommandResult.of(Map.of(), all);
    }

    @Test
    void listIsAConfigurationOfTheSamePrices() throws Exception {
        CommandResult listed = prices("--config.file=" + config);

        assertThat(listed.status()).isEqualTo(ExitStatus.OK);
        assertThat(listed.err()).hasLineCount(1).contains(config + ":6: warning: prices[1]: holds from no day");
        Config again = Configs.read("again.yml", CONFIG.substring(0, CONFIG.indexOf("prices:")) + listed.out());
        assertThat(again.prices().rows())
                .usingRecursiveComparison()
                .ignoringFieldsMatchingRegexes(".*isBuiltIn")
                .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
                .isEqualTo(Configs.read("usage.yml", CONFIG).prices().rows());
    }

    @Test
    void listShowsSourceDateAndWhatIsAnnouncedOrConfigured() {
        assertThat(prices("--config.file=" + config).out().lines())
                .startsWith("prices:")
                .contains(
                        "  - {provider: anthropic, model: \"claude-haiku-5-5*\", from: 2026-10-07, until: 2027-01-01, input: 0.1,"
                                + " unspecified: 0.2, long_prompt: {over: 0, input: 0.5, until: 2026-12-01}, fast: {input: 3,"
                                + " output: 4}, batch: 0.5, us: 1.1, checked: 2026-11-28, source: \"the \\\\ \\\"list\\\"\"}"
                                + "  # from the configuration",
                        "  - {provider: anthropic, model: \"claude-haiku-6: x\", from: 2027-01-01, input: 0.1, checked: 2026-11-28}"
                                + "  # announced, holds once confirmed",
                        "  - {provider: anthropic, factor: 0.9}  # from the configuration",
                        "  - {provider: anthropic, model: claude-3-haiku, input: 0.25, output: 1.25, cache_read: 0.03,"
                                + " cache_write_5m: 0.3, cache_write_1h: 0.5, batch: 0.5, checked: 2026-11-28,"
                                + " source: \"public price tables\"}");
    }

    private Path ledgerWith(String... events) throws Exception {
        Path ledger = folder.resolve("usage.db");
        try (var exporter = new TestExporter(ledger, config, new SettableClock("2026-11-24T09:15:00Z"))) {
            for (String event : events) {
                exporter.record(event);
            }
        }
        return ledger;
    }

    @Test
    void listNamesWhatTheLedgerHasWithoutAPrice() throws Exception {
        Path ledger = ledgerWith(
                "{\"provider\": \"anthropic\", \"model\": \"claude-next\", \"usage\": {\"tokens\": {\"input\": 7}}}",
                "{\"provider\": \"anthropic\", \"model\": \"claude-next\", \"usage\": {\"tokens\": {\"output\": 5}}}");

        assertThat(prices("--config.file=" + config, "--storage.path=" + ledger).out())
                .endsWith("# used without a price:\n#   anthropic claude-next tokens: 12\n");
        assertThat(prices("--config.file=" + config, "--storage.path=" + folder.resolve("none.db"))
                        .out())
                .endsWith("so usage without a price is not known\n");
    }

    @Test
    void explanationShowsWhichRowMadeWhichAmount() throws Exception {
        Path ledger = ledgerWith("""
                {"provider": "anthropic", "model": "claude-haiku-5-5", "pricing": "batch+us", "usage": {"tokens": {"input": 1000000}}}""", """
                {"provider": "anthropic", "model": "claude-haiku-5-5", "category": "a", "usage": {"tokens": {"unspecified": 10}}}""", """
                {"provider": "anthropic", "model": "claude-haiku-5-5", "category": "b", "usage": {"tokens": {"unspecified": 20}}}""", """
                {"provider": "anthropic", "model": "claude-next", "usage": {"tokens": {"input": 7}}}""", """
                {"provider": "apify", "usage": {"compute_units": 2}}""", """
                {"provider": "apify", "usage": {"usd": 0.25}}""");

        CommandResult explained = prices("--config.file=" + config, "--storage.path=" + ledger, "--explain=2026-11-24");

        assertThat(explained.out())
                .contains(
                        "anthropic on 2026-11-24: at least $0.2475054\n",
                        "  {provider: anthropic, model: \"claude-haiku-5-5*\", from: 2026-10-07, ",
                        "\n  with the discount {provider: anthropic, factor: 0.9}  # from the configuration\n",
                        "\n    claude-haiku-5-5 tokens.unspecified: 30 at $0.00000018 = $0.0000054\n",
                        "\n    claude-haiku-5-5 (batch+long+us) tokens.input: 1000000 at $0.0000002475 = $0.2475\n",
                        "\n  without a price:\n    claude-next tokens.input: 7\n",
                        "apify on 2026-11-24: $0.59\n",
                        "\n    compute_units: 2 at $0.17 = $0.34\n",
                        "\n  reported with the usage:\n    (reported) usd: 0.25\n");
        assertThat(explained.status()).isEqualTo(ExitStatus.OK);
        assertThat(prices("--storage.path=" + ledger, "--explain=2026-11-23").out())
                .isEqualTo("no usage on 2026-11-23\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"litellm.json", "genai-prices.json"})
    void tableWithTheSamePricesPasses(String file) {
        CommandResult same = prices("--check=" + SAMPLES.resolve(file));

        assertThat(same.out())
                .endsWith(", prices that differ: 0\n")
                .contains("claude-2")
                .contains("only there");
        assertThat(same.err()).isEmpty();
        assertThat(same.status()).isEqualTo(ExitStatus.OK);
    }

    @Test
    void differencesAreListedAndFail() throws Exception {
        Path other = Files.writeString(
                folder.resolve("other.json"),
                Files.readString(SAMPLES.resolve("genai-prices.json"))
                        .replace("\"input_mtok\": 0.8", "\"input_mtok\": 1")
                        .replace("\"web_searches_kcount\": 10", "\"web_searches_kcount\": 12")
                        .replace("[{\"start\": 200000, \"price\": 22.5}]", "[{\"start\": 100000, \"price\": 22.5}]"));
        CommandResult different = prices("--check=" + other);

        assertThat(different.out()).isEqualTo("""
                anthropic claude-3-5-haiku-latest input: 0.8 here, 1 there
                anthropic claude-3-5-haiku-latest web_searches: 0.01 here, 0.012 there
                anthropic claude-sonnet-4-5 output (long): prompts over 200000 here, over 100000 there
                anthropic claude-2: only there
                models compared: 3, prices that differ: 3
                """);
        assertThat(different.status()).isEqualTo(ExitStatus.FAILURE);
    }

    @Test
    void discountIsNoDifference() {
        assertThat(prices("--config.file=" + config, "--check=" + SAMPLES.resolve("litellm.json"))
                        .status())
                .isEqualTo(ExitStatus.OK);
    }

    @Test
    void fileThatCannotBeComparedIsAUsageError() throws Exception {
        Path missing = folder.resolve("missing.json");
        assertThat(prices("--check=" + missing))
                .isEqualTo(new CommandResult(ExitStatus.USAGE, "", missing + ": cannot be read: it does not exist\n"));
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"a\": ");
        assertThat(prices("--check=" + broken).status()).isEqualTo(ExitStatus.USAGE);
        assertThat(prices("--check=" + broken).err())
                .startsWith(broken + ": not valid JSON: ")
                .hasLineCount(1);
        Path unrelated = Files.writeString(folder.resolve("unrelated.json"), "{\"a\": 1}");
        assertThat(prices("--check=" + unrelated).err())
                .isEqualTo(unrelated
                        + ": has no model with a price here; is it the JSON of LiteLLM or of genai-prices?\n");
        Path invalid = Files.writeString(config, "providers: {anthropic: {resources: []}}");
        assertThat(prices("--config.file=" + invalid).status()).isEqualTo(ExitStatus.USAGE);
    }
}
