package io.usageexporter.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.testing.Samples;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Any response gives the same usage however it is split, and no extractor throws. */
class UsageExtractorPropertyTest {
    private static final List<String> FILES = List.of(
            "messages-response-cached.json",
            "stream-complete.sse",
            "stream-error-midway.sse",
            "stream-truncated.sse",
            "batch-results.jsonl",
            "complete-legacy-response.json",
            "error-401.json");

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
            "\n\n",
            " ",
            "\u0000",
            "\uFEFF",
            "🤖",
            "null",
            "true",
            "-1",
            "1.5",
            "1e999999999",
            "9".repeat(2000),
            "\"id\":",
            "\"model\":",
            "\"usage\":",
            "\"type\":",
            "\"message\":",
            "\"input_tokens\":5",
            "\"output_tokens\":",
            "\"iterations\":[",
            "\"cache_creation\":{",
            "\"message_start\"",
            "\"result\":",
            "\"succeeded\"",
            "\"custom_id\":\"a\"",
            "{\"usage\":{\"input_tokens\":1",
            "event: message_start\n",
            "event: message_delta\n",
            "event: message_stop\n",
            "event: error\n",
            "data: ",
            "data: [DONE]\n\n",
            "\"choices\":[]",
            "\"usage\":{\"prompt_tokens\":5}",
            "\"a\":\"" + "x".repeat(3000));

    /** A change of a body: at a place (in thousandths of its length) bytes are replaced by others (a character each). */
    record Change(int place, int removed, String added) {
        byte[] in(byte[] body) {
            int from = (int) ((long) body.length * place / 1000);
            var changed = new ByteArrayOutputStream();
            changed.write(body, 0, from);
            changed.writeBytes(added.getBytes(StandardCharsets.ISO_8859_1));
            int until = Math.min(body.length, from + removed);
            changed.write(body, until, body.length - until);
            return changed.toByteArray();
        }
    }

    @Property(tries = 2000)
    void mutatedSampleGivesTheSameUsageInAnySplit(
            @ForAll("samples") byte[] sample,
            @ForAll("changes") List<Change> changes,
            @ForAll @IntRange(min = 1, max = 64) int chunk,
            @ForAll boolean complete) {
        byte[] body = sample;
        for (Change change : changes) {
            body = change.in(body);
        }
        check(body, chunk, complete);
    }

    @Property(tries = 2000)
    void anySequenceOfPiecesGivesTheSameUsageInAnySplit(
            @ForAll("pieces") byte[] body, @ForAll @IntRange(min = 1, max = 64) int chunk, @ForAll boolean complete) {
        check(body, chunk, complete);
    }

    @Property(tries = 1000)
    void truncatedSampleNeverHasMoreUsageThanTheCompleteOne(
            @ForAll("samples") byte[] sample, @ForAll @IntRange(max = 1000) int place) {
        byte[] cut = Arrays.copyOf(sample, (int) ((long) sample.length * place / 1000));
        for (Case each : Case.ALL) {
            ResponseUsage part = ExtractorFixture.read(each.extractor(), cut, Integer.MAX_VALUE, false);
            ResponseUsage all = ExtractorFixture.read(each.extractor(), sample, Integer.MAX_VALUE, true);
            assertThat(total(part)).isLessThanOrEqualTo(total(all));
        }
    }

    private static long total(ResponseUsage result) {
        var total = new AtomicLong();
        result.records()
                .forEach(record -> record.usage().forEach((measure, amount) -> total.addAndGet(amount.micros())));
        return total.get();
    }

    private record Case(AnthropicEndpoint endpoint, String contentType) {
        static final List<Case> ALL = Arrays.stream(AnthropicEndpoint.values())
                .flatMap(endpoint ->
                        Stream.of("application/json", "text/event-stream").map(type -> new Case(endpoint, type)))
                .toList();

        UsageExtractor extractor() {
            return endpoint.extractor(200, contentType, null);
        }
    }

    private static void check(byte[] body, int chunk, boolean complete) {
        for (Case each : Case.ALL) {
            UsageExtractor extractor = each.extractor();
            for (int from = 0; from < body.length; from += chunk) {
                extractor.read(ByteBuffer.wrap(body, from, Math.min(chunk, body.length - from)));
                assertThat(retainedBytes(extractor)).isLessThanOrEqualTo(64 * 1024 + 128);
            }
            assertThat(extractor.finish(complete))
                    .isEqualTo(ExtractorFixture.read(each.extractor(), body, Integer.MAX_VALUE, complete));
        }
    }

    private static int retainedBytes(UsageExtractor extractor) {
        if (extractor instanceof SniffingExtractor body) {
            return body.retainedBytes();
        }
        if (extractor instanceof OtherResponseExtractor other) {
            return other.retainedBytes();
        }
        return extractor instanceof BatchResultsExtractor batch ? batch.retainedBytes() : 0;
    }

    @Provide
    Arbitrary<byte[]> samples() {
        return Arbitraries.of(FILES).map(file -> Samples.bytes("anthropic/" + file));
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        Arbitrary<String> added = Arbitraries.oneOf(
                Arbitraries.of(PIECES)
                        .map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)),
                Arbitraries.strings().withCharRange('\u0000', '\u00FF').ofMaxLength(3));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.integers().between(0, 40),
                        added)
                .as(Change::new)
                .list()
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<byte[]> pieces() {
        return Arbitraries.of(PIECES)
                .list()
                .ofMaxSize(30)
                .map(list -> String.join("", list).getBytes(StandardCharsets.UTF_8));
    }
}
