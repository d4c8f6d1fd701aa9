package io.usageexporter.config;

import static io.usageexporter.config.ConfigFixture.errors;
import static io.usageexporter.config.ConfigFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import io.usageexporter.pricing.PriceRow;
import io.usageexporter.testing.Configs;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PricesConfigTest {
    private static final String PROVIDERS =
            "providers: {anthropic: {resources: [tokens]}, apify: {resources: [compute_units]}}\n";

    private static final String EXAMPLE = PROVIDERS + """
            prices:
              - {provider: anthropic, model: "claude-haiku-5-5*", from: 2026-10-07, input: 0.10, output: 0.50, cache_write_5m: 0.125, cache_write_1h: 0.20, cache_read: 0.01,   # USD per million
                 long_prompt: {over: 100000, input: 0.50, output: 2.50, cache_write_5m: 0.625, cache_write_1h: 1.00, cache_read: 0.05}, batch: 0.5, us: 1.1, checked: 2026-11-28, source: "the price list"}
              - {provider: anthropic, from: 2026-01-01, units: {web_searches: 0.01}}                # USD per unit of a resource
              - {provider: apify, from: 2026-04-22, units: {compute_units: 0.20}, factor: 0.85}     # a discount
            """;

    @TempDir
    Path folder;

    @Test
    void rowsStandBeforeTheBuiltInOnesThatTheyDoNotReplace() throws Exception {
        Config config = read(EXAMPLE);

        assertThat(config.prices().rows().subList(0, 3)).noneMatch(PriceRow::isBuiltIn);
        assertThat(config.prices().rows())
                .hasSize(Configs.defaults().prices().rows().size() + 2);
        PriceRow haiku = config.prices().rows().get(0);
        assertThat(haiku.model()).hasToString("claude-haiku-5-5*");
        assertThat(haiku.source()).isEqualTo("the price list");
        assertThat(config.prices()
                        .usd("apify", "", Pricing.STANDARD, Measure.of("compute_units"), LocalDate.parse("2026-04-22")))
                .isEqualByComparingTo("0.17");
        assertThat(config.prices()
                        .usd(
                                "anthropic",
                                "claude-haiku-5-5-20261007",
                                Pricing.of("batch+long+us"),
                                Measure.tokens(TokenKind.OUTPUT),
                                LocalDate.parse("2026-11-28")))
                .isEqualByComparingTo(new BigDecimal("0.000001375"));
    }

    @Test
    void withoutTheKeyTheBuiltInPricesHold() throws Exception {
        assertThat(read(PROVIDERS).prices()).isEqualTo(Configs.defaults().prices());
        assertThat(read(PROVIDERS + "prices: []\n").prices())
                .isEqualTo(Configs.defaults().prices());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "provider: anthropic, inptu: 1 | prices[0].inptu: unknown key; allowed here: provider, model, from, until,",
                "provider: anthropic, inptu: 1 | did you mean input?",
                "provider: anthropic, input: -1 | prices[0].input: must be a number from 0 to 1000000, not -1",
                "provider: anthropic, input: '3' | prices[0].input: must be a number from 0 to 1000000, not \"3\"",
                "provider: anthropic, input: 1, from: 2026-02-30 | prices[0].from: must be a date, such as 2026-11-24, not \"2026-02-30\"",
                "provider: anthropic, input: 1, from: 2026-03-01, until: 2026-03-01 | prices[0]: until must be after from",
                "provider: anthropic, input: 1, checked: yesterday | prices[0].checked: must be a date",
                "provider: anthropic, input: 1, confirmed: maybe | prices[0].confirmed: must be true or false, not \"maybe\"",
                "provider: anthropic, input: 1, model: claude-*-5 | prices[0].model: must be a model, or a prefix that ends with *",
                "provider: anthropic, input: 1, model: other | prices[0]: model must not be other, which stands for several models",
                "input: 1 | prices[0]: provider is required",
                "provider: anthropic | prices[0]: has no price: give input, output and the like, units, or a factor",
                "provider: anthropic, batch: 0.5, factor: 1 | prices[0]: long_prompt, fast, batch and us need the standard prices",
                "provider: anthropic, input: 1, fast: {} | prices[0].fast: has no price",
                "provider: anthropic, input: 1, fast: {over: 3, input: 2} | prices[0].fast.over: unknown key",
                "provider: anthropic, input: 1, long_prompt: {input: 2} | prices[0].long_prompt: over is required",
                "provider: anthropic, units: {usd: 1} | prices[0].units.usd: must be a resource other than usd and tokens",
                "provider: anthropic, units: {tokens: 1} | prices[0].units.tokens: must be a resource other than usd",
                "provider: anthropic, units: {Web: 1} | prices[0].units.Web: must be a resource",
                "provider: anthropic, units: {searches: many} | prices[0].units.searches: must be a number",
            })
    void errorNamesFileLineAndKey(String row, String error) {
        assertThat(errors(PROVIDERS + "prices:\n  - {" + row + "}\n"))
                .contains("my.yml:3: ")
                .contains(error);
    }

    @Test
    void pricesMustBeAListOfRows() {
        assertThat(errors(PROVIDERS + "prices: {provider: anthropic}"))
                .isEqualTo("my.yml:2: prices: must be a list of mappings, not a mapping of keys to values");
        assertThat(errors(PROVIDERS + "prices: [anthropic]"))
                .contains("my.yml:2: prices[0]: must be a mapping of keys to values, not \"anthropic\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"input: 1", "units: {searches: 1}", "factor: 0.9"})
    void twoRowsThatPriceTheSameFromTheSameDayAreAnError(String price) throws Exception {
        String row = "  - {provider: anthropic, model: x, from: 2026-01-01, " + price + "}\n";
        String other = "  - {provider: anthropic, model: x, from: 2026-01-01, units: {images: 1}}\n";
        assertThat(read(PROVIDERS + "prices:\n" + row + row.replace("01-01", "02-01") + other)
                        .prices()
                        .rows())
                .isNotEmpty();
        assertThat(errors(PROVIDERS + "prices:\n" + row + other + row))
                .isEqualTo("my.yml:5: prices[2]: prices the same as prices[0], with the same provider, model and from");
    }

    @Test
    void announcedRowAndUnknownProviderAreWarnings() throws Exception {
        Path file = Files.writeString(folder.resolve("my.yml"), PROVIDERS + """
                prices:
                  - {provider: anthropic, model: x, from: 2026-12-01, checked: 2026-11-28, input: 1}
                  - {provider: anthropc, model: x, input: 1}
                """);
        var warnings = new ArrayList<String>();
        Configs.load(file, warnings::add);

        assertThat(warnings)
                .isEqualTo(List.of(
                        file + ":3: warning: prices[0]: holds from no day, since from is after checked; confirm it by"
                                + " confirmed: true",
                        file
                                + ":4: warning: prices[1]: has no effect, since there is no provider anthropc; did you mean"
                                + " anthropic?"));
    }
}
