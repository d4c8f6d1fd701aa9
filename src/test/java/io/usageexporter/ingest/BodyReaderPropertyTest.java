package io.usageexporter.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;

/** Any body yields either events or an error, quickly. */
class BodyReaderPropertyTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final List<String> VALID = List.of("""
            {"id": "msg_01", "provider": "anthropic", "category": "recommendations", "model": "claude-sonnet-4-5",
             "at": "2026-11-24T09:14:00Z", "usage": {"requests": 1, "tokens": {"input": 1200, "output": 800.5}}}
            """, """
            [{"usage": {"compute_units": 0.0125}, "provider": "apify", "category": "é🤖"},
             {"provider": "anthropic", "usage": {"tokens": 5}}, {"provider": "apify", "usage": {"compute_units": 1e3}}]
            """, """
            {"provider": "anthropic", "usage": {"input_tokens": 57, "cache_creation_input_tokens": 2400, "new": [{}],
             "cache_creation": {"ephemeral_5m_input_tokens": 1900}, "iterations": [{"input_tokens": 5}, {"a": null}]}}
            """, """
            {"provider": "apify", "usage": {"compute_units": 1}}\r
            {"provider": "anthropic", "usage": {"output_tokens": 4, "input_tokens": 11}}

            {"usage": {"compute_units": 2}, "provider": "apify", "id": "x"}
            """);

    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\n",
            "\r\n",
            " ",
            "\u0000",
            "\uFEFF",
            "🤖",
            "null",
            "true",
            "NaN",
            "-Infinity",
            "0",
            "-1",
            "1.5",
            "1e9",
            "1e999999999",
            "1e-9999999999999",
            "-0",
            "00",
            "1e+",
            "123456789012345678901",
            "\"id\"",
            "\"provider\"",
            "\"category\"",
            "\"model\"",
            "\"at\"",
            "\"usage\"",
            "\"apify\"",
            "\"anthropic\"",
            "\"requests\"",
            "\"tokens\"",
            "\"compute_units\"",
            "\"input\"",
            "\"input_tokens\"",
            "\"output_tokens\"",
            "\"iterations\"",
            "\"cache_creation\"",
            "\"2026-11-24T09:15:00Z\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"\\q\"",
            "//",
            "/*",
            "'",
            "{}",
            "[]",
            "{\"provider\":\"apify\",\"usage\":",
            "{\"compute_units\":1}",
            "{\"usage\":{\"input_tokens\":1},\"provider\":\"anthropic\"}");

    /**
     * A change of a body: bytes at a position (in thousandths of its length) are replaced by others (one per
     * character).
     */
    record Change(int place, int removed, String added) {
        byte[] in(byte[] body) {
            int from = (int) ((long) body.length * place / 1000);
            int until = Math.min(body.length, from + removed);
            var changed = new ByteArrayOutputStream();
            changed.write(body, 0, from);
            changed.writeBytes(added.getBytes(StandardCharsets.ISO_8859_1));
            changed.write(body, until, body.length - until);
            return changed.toByteArray();
        }
    }

    @Property(tries = 3000)
    void acceptsOrRejectsAnyBytes(@ForAll byte[] body) {
        checkReadOrRejected(body);
    }

    @Property(tries = 5000)
    void acceptsOrRejectsAnyMutationOfAValidBody(
            @ForAll("valid") byte[] valid, @ForAll("changes") List<Change> changes) {
        byte[] body = valid;
        for (Change change : changes) {
            body = change.in(body);
        }
        checkReadOrRejected(body);
    }

    @Property(tries = 5000)
    void acceptsOrRejectsAnySequenceOfJsonFragments(@ForAll("pieces") List<String> pieces) {
        checkReadOrRejected(String.join("", pieces).getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 1000)
    void acceptsOrRejectsAnyValueAsAmount(@ForAll("valid") byte[] valid, @ForAll("numbers") String number) {
        String body = new String(valid, StandardCharsets.UTF_8).replaceAll("(?<=: )[0-9][0-9.e]*(?=[,}])", number);
        checkReadOrRejected(body.getBytes(StandardCharsets.UTF_8));
    }

    private static void checkReadOrRejected(byte[] body) {
        Assertions.assertTimeout(SOON, () -> {
            check(body, false);
            check(body, true);
        });
    }

    static void check(byte[] body, boolean lines) {
        try {
            List<UsageEvent> events =
                    lines ? BodyReaderAssertions.readLines(body) : BodyReaderAssertions.readJson(body);
            assertThat(events)
                    .allSatisfy(event ->
                            assertThat(Usage.parse(event.usage().toString())).isEqualTo(event.usage()));
        } catch (InvalidBodyException e) {
            assertThat(e.getMessage()).isNotBlank();
            assertThat(e.events()).isPositive();
            assertThat(e.faults()).isSortedAccordingTo((a, b) -> Integer.compare(a.index(), b.index()));
            assertThat(e.faults())
                    .extracting(InvalidBodyException.Fault::index)
                    .doesNotHaveDuplicates()
                    .allMatch(index -> index >= 0 && index < e.events());
            assertThat(e.faults())
                    .extracting(InvalidBodyException.Fault::detail)
                    .noneMatch(String::isBlank);
        }
    }

    @Provide
    Arbitrary<byte[]> valid() {
        return Arbitraries.of(VALID).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        Arbitrary<String> added = Arbitraries.oneOf(
                Arbitraries.of(PIECES)
                        .map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)),
                Arbitraries.strings().withCharRange('\u0000', '\u00FF').ofMaxLength(3));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.integers().between(0, 12),
                        added)
                .as(Change::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<List<String>> pieces() {
        return Arbitraries.of(PIECES).list().ofMaxSize(25);
    }

    @Provide
    Arbitrary<String> numbers() {
        Arbitrary<String> digits = Arbitraries.strings().numeric().ofMaxLength(120);
        return Combinators.combine(
                        Arbitraries.of("", "-", "0", "0.", "1.", "-0.0"),
                        digits,
                        Arbitraries.of("", "e", "E+", "e-", "."),
                        Arbitraries.strings().numeric().ofMaxLength(25))
                .as((sign, first, exponent, second) -> sign + first + exponent + second);
    }
}
