package io.usageexporter.provider.apify;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Samples;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

class ApifyPropertyTest {
    private static final byte[] SAMPLE = Samples.bytes("apify/run-succeeded.json");

    private static @Nullable Run read(byte[] body, List<Integer> cuts) {
        var reader = new RunReader();
        int from = 0;
        for (int cut : cuts.stream().sorted().toList()) {
            int to = Math.max(from, Math.min(cut, body.length));
            reader.read(ByteBuffer.wrap(body, from, to - from));
            from = to;
        }
        reader.read(ByteBuffer.wrap(body, from, body.length - from));
        return reader.finish(true);
    }

    @Property
    void anySplitGivesTheSameRun(@ForAll @Size(max = 20) List<@IntRange(max = 3000) Integer> cuts) {
        assertThat(read(SAMPLE, cuts)).isEqualTo(read(SAMPLE, List.of())).isNotNull();
    }

    @Property
    void truncatedOrDamagedRunCausesNoException(
            @ForAll @IntRange(max = 3000) int length, @ForAll @IntRange(max = 3000) int place, @ForAll byte damage) {
        byte[] body = Arrays.copyOf(SAMPLE, Math.min(length, SAMPLE.length));
        if (place < body.length) {
            body[place] = damage;
        }
        Run run = read(body, List.of());

        assertThat(run == null || Run.isId(run.id())).isTrue();
    }

    @Property
    void arbitraryBodyIsAPayloadOrInvalid(@ForAll("bodies") byte[] body) {
        try {
            String id = WebhookPayload.read(body).runId();
            assertThat(id == null || Run.isId(id)).isTrue();
        } catch (WebhookPayload.InvalidException e) {
            assertThat(e).hasMessageContaining("runId");
        }
    }

    @Provide
    Arbitrary<byte[]> bodies() {
        Arbitrary<String> values = Arbitraries.of(
                "\"Rn1\"",
                "null",
                "5",
                "{}",
                "[]",
                "\"TEST\"",
                "\"ACTOR.RUN.FAILED\"",
                "{\"id\":\"Rn1\"}",
                "\"\\u0000\"");
        Arbitrary<String> names = Arbitraries.of("runId", "id", "eventType", "eventData", "resource", "actorRunId");
        return Arbitraries.maps(names, values).ofMaxSize(6).map(fields -> {
            var json = new StringBuilder("{");
            fields.forEach((name, value) -> json.append(json.length() > 1 ? "," : "")
                    .append('"')
                    .append(name)
                    .append("\":")
                    .append(value));
            return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
        });
    }

    @Property
    void actorOfAnyPathIsSafeInAPath(
            @ForAll("paths") String path, @ForAll String query, @ForAll("methods") String method) {
        ApifyOperation call = ApifyOperation.of(method, path, query);

        assertThat(call.actor() == null || call.actor().matches("[A-Za-z0-9._-]*~?[A-Za-z0-9._-]+"))
                .isTrue();
    }

    @Provide
    Arbitrary<String> methods() {
        return Arbitraries.of("GET", "POST", "PUT", "DELETE", "HEAD", "");
    }

    @Provide
    Arbitrary<String> paths() {
        Arbitrary<String> parts = Arbitraries.oneOf(
                Arbitraries.of(
                        "v2", "actors", "acts", "actor-tasks", "actor-runs", "runs", "run-sync", "abort", "..", "a~b"),
                Arbitraries.strings().withChars("a%2F7e~/. é\n").ofMaxLength(8));
        return parts.list().ofMaxSize(7).map(list -> "/" + String.join("/", list));
    }
}
