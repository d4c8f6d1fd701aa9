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

/** Whatever an answer is, and however it is split, the same is seen in it, and no reader throws. */
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

    /** A change of a body: at a place (in thousandths of its length) some bytes give way to others (a character each). */
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
    void anyChangeOfASampleIsReadInAnySplitToTheSame(
            @ForAll("samples") byte[] sample,
            @ForAll("changes") List<Change> changes,
            @ForAll @IntRange(min = 1, max = 64) int chunk,
            @ForAll boolean whole) {
        byte[] body = sample;
        for (Change change : changes) {
            body = change.in(body);
        }
        check(body, chunk, whole);
    }

    @Property(tries = 2000)
    void anyRowOfPiecesIsReadInAnySplitToTheSame(
            @ForAll("pieces") byte[] body, @ForAll @IntRange(min = 1, max = 64) int chunk, @ForAll boolean whole) {
        check(body, chunk, whole);
    }

    @Property(tries = 1000)
    void aCutNeverGivesMoreThanTheWhole(@ForAll("samples") byte[] sample, @ForAll @IntRange(max = 1000) int place) {
        byte[] cut = Arrays.copyOf(sample, (int) ((long) sample.length * place / 1000));
        for (AnswerCase each : AnswerCase.ALL) {
            ResponseUsage part = ExtractorFixture.read(each.reader(), cut, Integer.MAX_VALUE, false);
            ResponseUsage all = ExtractorFixture.read(each.reader(), sample, Integer.MAX_VALUE, true);
            assertThat(total(part)).isLessThanOrEqualTo(total(all));
        }
    }

    private static long total(ResponseUsage seen) {
        var total = new AtomicLong();
        seen.records().forEach(use -> use.usage().forEach((measure, amount) -> total.addAndGet(amount.micros())));
        return total.get();
    }

    private record AnswerCase(AnthropicEndpoint call, String contentType) {
        static final List<AnswerCase> ALL = Arrays.stream(AnthropicEndpoint.values())
                .flatMap(call ->
                        Stream.of("application/json", "text/event-stream").map(type -> new AnswerCase(call, type)))
                .toList();

        UsageExtractor reader() {
            return call.extractor(200, contentType, null);
        }
    }

    private static void check(byte[] body, int chunk, boolean whole) {
        for (AnswerCase each : AnswerCase.ALL) {
            UsageExtractor reader = each.reader();
            for (int from = 0; from < body.length; from += chunk) {
                reader.read(ByteBuffer.wrap(body, from, Math.min(chunk, body.length - from)));
                assertThat(held(reader)).isLessThanOrEqualTo(64 * 1024 + 128);
            }
            assertThat(reader.finish(whole))
                    .isEqualTo(ExtractorFixture.read(each.reader(), body, Integer.MAX_VALUE, whole));
        }
    }

    private static int held(UsageExtractor reader) {
        if (reader instanceof SniffingExtractor body) {
            return body.retainedBytes();
        }
        if (reader instanceof OtherResponseExtractor other) {
            return other.retainedBytes();
        }
        return reader instanceof BatchResultsExtractor batch ? batch.retainedBytes() : 0;
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
