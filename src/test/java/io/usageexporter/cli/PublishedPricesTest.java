package io.usageexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Decimals;
import io.usageexporter.pricing.PublishedPrice;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedPricesTest {
    private static final Path SAMPLES = Path.of("src/test/resources/io/usageexporter/cli");

    @TempDir
    Path folder;

    private static List<String> read(Path file, String today) throws IOException {
        return PublishedPrices.read(file, "anthropic"::equals, provider -> LocalDate.parse(today)).stream()
                .map(PublishedPricesTest::line)
                .toList();
    }

    private static String line(PublishedPrice price) {
        BigDecimal over = price.over();
        return price.model() + " " + price.pricing() + " " + price.measure() + " " + Decimals.plain(price.usd())
                + (over == null ? "" : " over " + over);
    }

    @Test
    void liteLlmHasPricesPerTokenByKeysWithSuffixes() throws Exception {
        assertThat(read(SAMPLES.resolve("litellm.json"), "2026-11-28"))
                .containsExactly(
                        "claude-sonnet-4-5-20250929  tokens.cache_write_5m 0.00000375",
                        "claude-sonnet-4-5-20250929  tokens.cache_write_1h 0.000006",
                        "claude-sonnet-4-5-20250929 long tokens.cache_write_1h 0.000012 over 200000",
                        "claude-sonnet-4-5-20250929 long tokens.cache_write_5m 0.0000075 over 200000",
                        "claude-sonnet-4-5-20250929  tokens.cache_read 0.0000003",
                        "claude-sonnet-4-5-20250929 long tokens.cache_read 0.0000006 over 200000",
                        "claude-sonnet-4-5-20250929  tokens.input 0.000003",
                        "claude-sonnet-4-5-20250929 long tokens.input 0.000006 over 200000",
                        "claude-sonnet-4-5-20250929 batch tokens.input 0.0000015",
                        "claude-sonnet-4-5-20250929  tokens.output 0.000015",
                        "claude-sonnet-4-5-20250929 long tokens.output 0.0000225 over 200000",
                        "claude-sonnet-4-5-20250929 batch tokens.output 0.0000075",
                        "claude-sonnet-4-5-20250929  web_searches 0.01",
                        "claude-opus-4-7  tokens.cache_write_5m 0.00000625",
                        "claude-opus-4-7 us tokens.cache_write_5m 0.000006875",
                        "claude-opus-4-7  tokens.cache_read 0.0000005",
                        "claude-opus-4-7 us tokens.cache_read 0.00000055",
                        "claude-opus-4-7  tokens.input 0.000005",
                        "claude-opus-4-7 us tokens.input 0.0000055",
                        "claude-opus-4-7  tokens.output 0.000025",
                        "claude-opus-4-7 us tokens.output 0.0000275",
                        "claude-2.1  tokens.input 0.000008",
                        "claude-2.1  tokens.output 0.000024");
    }

    @Test
    void genaiPricesHasPricesPerMillionByDateAndLength() throws Exception {
        List<String> all = read(SAMPLES.resolve("genai-prices.json"), "2026-03-13");

        assertThat(all)
                .containsExactly(
                        "claude-2  tokens.input 0.000008",
                        "claude-2  tokens.output 0.000024",
                        "claude-3-5-haiku-latest  tokens.input 0.0000008",
                        "claude-3-5-haiku-latest  tokens.cache_write_5m 0.000001",
                        "claude-3-5-haiku-latest  tokens.cache_read 0.00000008",
                        "claude-3-5-haiku-latest  tokens.output 0.000004",
                        "claude-3-5-haiku-latest  tokens.cache_write_1h 0.0000016",
                        "claude-3-5-haiku-latest  web_searches 0.01",
                        "claude-sonnet-4-5  tokens.input 0.000003",
                        "claude-sonnet-4-5 long tokens.input 0.000006 over 200000",
                        "claude-sonnet-4-5  tokens.output 0.000015",
                        "claude-sonnet-4-5 long tokens.output 0.0000225 over 200000",
                        "claude-opus-4-6  tokens.input 0.000005",
                        "claude-opus-4-6  tokens.output 0.000025");
        assertThat(read(SAMPLES.resolve("genai-prices.json"), "2026-03-12"))
                .contains("claude-opus-4-6 long tokens.input 0.00001 over 200000");
        Path wrapped = Files.writeString(
                folder.resolve("v3.json"),
                "{\"units\":{},\"providers\":" + Files.readString(SAMPLES.resolve("genai-prices.json")) + "}");
        assertThat(read(wrapped, "2026-03-13")).isEqualTo(all);
    }
}
