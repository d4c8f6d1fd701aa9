package io.usageexporter.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageRecordTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00.123456Z");
    private static final UsageRecord USE = UsageRecord.of("apify").id("a").at(NOW);

    private static String written(UsageRecord use) {
        return new String(EventWriter.write(use), StandardCharsets.UTF_8);
    }

    private static void assertRefused(UsageRecord use, String... why) {
        assertThatThrownBy(() -> EventWriter.write(use))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContainingAll(why);
    }

    @Test
    void isWrittenAsTheExportersEvent() {
        UsageRecord use = UsageRecord.of("anthropic")
                .category("\"Empfehlungen\" 🤖")
                .model("claude-sonnet-4-5")
                .id("msg_1")
                .at(NOW)
                .amount("requests", 0)
                .tokens(TokenKind.INPUT, 1200)
                .tokens(TokenKind.CACHE_WRITE_1H, 7)
                .amount("tokens", 3);

        assertThat(written(use)).isEqualTo("""
                {"provider":"anthropic","category":"\\"Empfehlungen\\" 🤖","model":"claude-sonnet-4-5","id":"msg_1",\
                "at":"2026-11-24T09:15:00.123456Z",\
                "usage":{"requests":0,"tokens":{"input":1200,"cache_write_1h":7,"unspecified":3}}}""");
    }

    @Test
    void isImmutable() {
        UsageRecord other = USE.category("tiktok").amount("compute_units", 1).id(null);

        assertThat(written(USE))
                .isEqualTo("{\"provider\":\"apify\",\"id\":\"a\",\"at\":\"2026-11-24T09:15:00.123456Z\",\"usage\":{}}");
        assertThat(written(other)).contains("tiktok", "compute_units").doesNotContain("\"id\"");
        assertThat(written(other.amount("compute_units", 2))).contains("{\"compute_units\":2}");
    }

    @Test
    void fixedAddsMissingIdAndInstant() {
        UsageRecord use = UsageRecord.of("apify");

        assertThat(written(use.fixed(NOW)))
                .matches("\\{\"provider\":\"apify\",\"id\":\"[0-9a-f-]{36}\",\"at\":\"2026-11-24T09:15:00.123Z\","
                        + "\"usage\":\\{}}");
        assertThat(written(use.fixed(NOW))).isNotEqualTo(written(use.fixed(NOW)));
        assertThat(written(USE.fixed(NOW.plusSeconds(1)))).isEqualTo(written(USE));
    }

    @Test
    void keepsUsageVerbatim() {
        assertThat(written(USE.usage(" {\"input_tokens\" : 1e0,\n\"x\":[null]} ")))
                .endsWith("\"usage\": {\"input_tokens\" : 1e0,\n\"x\":[null]} }");
        assertRefused(USE.usage("{}").amount("compute_units", 1), "as JSON or by amounts, not both");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "[]", "1", "{", "{}}", "{} {}", "{\"a\":1},", "{a:1}", "{\"a\":\"\n\"}"})
    void rejectsUsageThatIsNotOneObject(String json) {
        assertRefused(USE.usage(json), "must be one object");
    }

    @Test
    void acceptsAnyNumberClass() {
        Stream.of(
                        1,
                        1L,
                        (short) 1,
                        (byte) 1,
                        1.0f,
                        1.0d,
                        BigInteger.ONE,
                        new BigDecimal("1.0000000"),
                        new AtomicLong(1))
                .forEach(number -> assertThat(written(USE.amount("x", number))).endsWith("\"usage\":{\"x\":1}}"));
        assertThat(written(USE.amount("x", 0.1f).amount("y", 1e-7).amount("z", 1e12)))
                .endsWith("{\"x\":0.1,\"y\":0,\"z\":1000000000000}}");
    }

    private static Stream<Number> numbers() {
        return Stream.of(
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY,
                -1,
                Double.MAX_VALUE,
                Long.MAX_VALUE,
                new BigDecimal("1e999999999"),
                BigInteger.TEN.pow(100_000),
                new Number() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public String toString() {
                        throw new IllegalStateException("a broken number");
                    }

                    @Override
                    public int intValue() {
                        return 1;
                    }

                    @Override
                    public long longValue() {
                        return 1;
                    }

                    @Override
                    public float floatValue() {
                        return 1;
                    }

                    @Override
                    public double doubleValue() {
                        return 1;
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void isInvalidWithANumberThatIsNotAllowed(Number number) {
        assertRefused(USE.amount("x", number).amount("x", 1), "the amount of x must be a decimal number from 0 to");
        assertRefused(USE.tokens(TokenKind.INPUT, number), "of kind INPUT must be a decimal number from 0 to");
    }

    @Test
    void nullTextIsNoneAndNullAmountIsInvalid() {
        UsageRecord nothing = UsageRecord.of(null)
                .category(null)
                .model(null)
                .id(null)
                .at(null)
                .usage(null);

        assertThat(written(nothing)).isEqualTo("{\"usage\":{}}");
        assertRefused(USE.amount("x", null), "the amount of x must be");
        assertRefused(USE.amount(null, 1), "the amount of null must be");
        assertRefused(USE.tokens(null, 1), "the amount of tokens of kind null must be");
    }

    @Test
    void rejectsUnpairedSurrogates() {
        assertRefused(USE.category("\ud83e"), "unpaired surrogates");
        assertRefused(USE.amount("\udd16", 1), "unpaired surrogates");
        assertRefused(USE.usage("{\"a\": \"\ud83e\"}"), "unpaired surrogates");
    }

    @Test
    void rejectsAnEventThatIsTooLarge() {
        String most = "x".repeat((1 << 20) - written(USE.model("")).length());

        assertThat(written(USE.model(most))).hasSize(1 << 20);
        assertRefused(USE.model(most + "x"), "at most 1 MiB");
    }
}
