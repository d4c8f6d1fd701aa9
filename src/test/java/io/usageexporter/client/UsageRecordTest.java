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
    private static final UsageRecord RECORD = UsageRecord.of("apify").id("a").at(NOW);

    private static String written(UsageRecord record) {
        return new String(EventWriter.write(record), StandardCharsets.UTF_8);
    }

    private static void assertRejected(UsageRecord record, String... why) {
        assertThatThrownBy(() -> EventWriter.write(record))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContainingAll(why);
    }

    @Test
    void isWrittenAsTheExportersEvent() {
        UsageRecord record = UsageRecord.of("anthropic")
                .category("\"Empfehlungen\" 🤖")
                .model("claude-sonnet-4-5")
                .id("msg_1")
                .at(NOW)
                .amount("requests", 0)
                .tokens(TokenKind.INPUT, 1200)
                .tokens(TokenKind.CACHE_WRITE_1H, 7)
                .amount("tokens", 3);

        assertThat(written(record)).isEqualTo("""
                {"provider":"anthropic","category":"\\"Empfehlungen\\" 🤖","model":"claude-sonnet-4-5","id":"msg_1",\
                "at":"2026-11-24T09:15:00.123456Z",\
                "usage":{"requests":0,"tokens":{"input":1200,"cache_write_1h":7,"unspecified":3}}}""");
    }

    @Test
    void isImmutable() {
        UsageRecord other = RECORD.category("tiktok").amount("compute_units", 1).id(null);

        assertThat(written(RECORD))
                .isEqualTo("{\"provider\":\"apify\",\"id\":\"a\",\"at\":\"2026-11-24T09:15:00.123456Z\",\"usage\":{}}");
        assertThat(written(other)).contains("tiktok", "compute_units").doesNotContain("\"id\"");
        assertThat(written(other.amount("compute_units", 2))).contains("{\"compute_units\":2}");
    }

    @Test
    void fixedAddsMissingIdAndInstant() {
        UsageRecord record = UsageRecord.of("apify");

        assertThat(written(record.fixed(NOW)))
                .matches("\\{\"provider\":\"apify\",\"id\":\"[0-9a-f-]{36}\",\"at\":\"2026-11-24T09:15:00.123Z\","
                        + "\"usage\":\\{}}");
        assertThat(written(record.fixed(NOW))).isNotEqualTo(written(record.fixed(NOW)));
        assertThat(written(RECORD.fixed(NOW.plusSeconds(1)))).isEqualTo(written(RECORD));
    }

    @Test
    void keepsUsageVerbatim() {
        assertThat(written(RECORD.usage(" {\"input_tokens\" : 1e0,\n\"x\":[null]} ")))
                .endsWith("\"usage\": {\"input_tokens\" : 1e0,\n\"x\":[null]} }");
        assertRejected(RECORD.usage("{}").amount("compute_units", 1), "as JSON or by amounts, not both");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "[]", "1", "{", "{}}", "{} {}", "{\"a\":1},", "{a:1}", "{\"a\":\"\n\"}"})
    void rejectsUsageThatIsNotOneObject(String json) {
        assertRejected(RECORD.usage(json), "must be one object");
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
                .forEach(number ->
                        assertThat(written(RECORD.amount("x", number))).endsWith("\"usage\":{\"x\":1}}"));
        assertThat(written(RECORD.amount("x", 0.1f).amount("y", 1e-7).amount("z", 1e12)))
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
        assertRejected(RECORD.amount("x", number).amount("x", 1), "the amount of x must be a decimal number from 0 to");
        assertRejected(RECORD.tokens(TokenKind.INPUT, number), "of kind INPUT must be a decimal number from 0 to");
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
        assertRejected(RECORD.amount("x", null), "the amount of x must be");
        assertRejected(RECORD.amount(null, 1), "the amount of null must be");
        assertRejected(RECORD.tokens(null, 1), "the amount of tokens of kind null must be");
    }

    @Test
    void rejectsUnpairedSurrogates() {
        assertRejected(RECORD.category("\ud83e"), "unpaired surrogates");
        assertRejected(RECORD.amount("\udd16", 1), "unpaired surrogates");
        assertRejected(RECORD.usage("{\"a\": \"\ud83e\"}"), "unpaired surrogates");
    }

    @Test
    void rejectsAnEventThatIsTooLarge() {
        String most = "x".repeat((1 << 20) - written(RECORD.model("")).length());

        assertThat(written(RECORD.model(most))).hasSize(1 << 20);
        assertRejected(RECORD.model(most + "x"), "at most 1 MiB");
    }
}
