package io.usageexporter.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.provider.anthropic.ExtractorFixture;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonProjectorTest {
    private static final Map<String, FieldMask> WANTED =
            FieldMask.of("inner", FieldMask.of("deep", FieldMask.of("x"), "y"), "id", "usage");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                             | {}",
                "{\"id\": \"a\", \"other\": 1, \"usage\": {\"b\": [1, {}]}} | {\"id\":\"a\",\"usage\":{\"b\": [1, {}]}}",
                "{\"id\":1,\"usage\":-1.5e3,\"id\":true,\"id\":null}  | {\"id\":1,\"usage\":-1.5e3,\"id\":true,\"id\":null}",
                "  { \"id\" : 12 , \"other\" : 5 }              | {\"id\":12}",
                "{\"other\":{\"id\":1,\"usage\":[{\"id\":2}]}}  | {}",
                "{\"other\":[{\"id\":1},[\"id\",\"}\"]],\"id\":3} | {\"id\":3}",
                "{\"other\":\"\\\",\\\"id\\\":1\",\"id\":2}      | {\"id\":2}",
                "{\"other\":\"\\\\\",\"id\":2}                   | {\"id\":2}",
                "{\"other\":\"{[\",\"id\":\"]}\\\"\"}            | {\"id\":\"]}\\\"\"}",
                "{\"inner\":{\"id\":1,\"y\":2,\"deep\":{\"y\":3,\"x\":4}},\"y\":5} | {\"inner\":{\"y\":2,\"deep\":{\"x\":4}}}",
                "{\"inner\":{\"deep\":{}},\"id\":1}             | {\"inner\":{\"deep\":{}},\"id\":1}",
                "{\"inner\":[{\"y\":1}],\"id\":1}                | {\"id\":1}",
                "{\"inner\":\"y\",\"id\":1}                      | {\"id\":1}",
                "{\"inner\":null,\"id\":1}                       | {\"id\":1}",
                "{\"\\u0069d\":1,\"a\\\"id\":2,\"id\":3}         | {\"id\":3}",
            })
    void onlyWantedMembersAreKept(String json, String kept) {
        for (int chunk : new int[] {1, 2, 5, 1000}) {
            JsonProjector projector = read(json, chunk);
            assertThat(kept(projector)).isEqualTo(kept);
            assertThat(projector.isClosed()).isTrue();
        }
    }

    @Test
    void bytesAfterTheObjectAreIgnored() {
        assertThat(kept(read("{\"id\":1} {\"id\":2}, \"id\":3", 1))).isEqualTo("{\"id\":1}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"id\":1,\"usage\":{\"a\":1                | {\"id\":1}",
                "{\"id\":1,\"usage\":12                      | {\"id\":1}",
                "{\"id\":\"ab                                | {}",
                "{\"id\":1,\"us                              | {\"id\":1}",
                "{\"inner\":{\"y\":1,\"deep\":{\"x\":[       | {\"inner\":{\"y\":1,\"deep\":{}}}",
                "{\"id\":1,\"other\":{\"a\":\"               | {\"id\":1}",
                "{                                           | {}",
            })
    void incompleteValueIsLeftOut(String json, String kept) {
        JsonProjector projector = read(json, 1);
        assertThat(kept(projector)).isEqualTo(kept);
        assertThat(projector.isClosed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "[{\"id\":1}]", "\"id\"", "null", "<html>{\"id\":1}</html>"})
    void inputThatIsNotAnObjectKeepsNothing(String text) {
        JsonProjector projector = read(text, 1);
        assertThat(kept(projector)).isEmpty();
        assertThat(projector.isClosed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":1 5}",
                "{\"id\":1 \"usage\" 2}",
                "{\"id\":1,x:2}",
                "{\"id\":1,\"usage\":}",
                "{\"id\":1,\"usage\":,}",
                "{\"id\":1]"
            })
    void invalidJsonIsReadUpToTheError(String text) {
        JsonProjector projector = read(text + "\"usage\":3}", 1);
        assertThat(kept(projector)).startsWith("{\"id\":1");
        assertThat(LenientJson.read(projector.kept(), projector.kept().length)
                        .path("usage")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void valueThatDoesNotFitIsLeftOut() {
        String long1 = "\"" + "x".repeat(40_000) + "\"";
        String long2 = "\"" + "y".repeat(70_000) + "\"";

        assertThat(kept(read("{\"id\":" + long2 + ",\"usage\":1}", 1000))).isEqualTo("{\"usage\":1}");
        assertThat(kept(read("{\"id\":" + long1 + ",\"usage\":" + long1 + ",\"id\":2}", 1000)))
                .isEqualTo("{\"id\":" + long1 + ",\"id\":2}");
    }

    @Test
    void megabytesNeedLittleMemory() {
        var projector = new JsonProjector(WANTED);
        feed(projector, "{\"id\":\"a\",\"content\":[{\"text\":\"");
        for (int i = 0; i < 1000; i++) {
            feed(projector, "\\\"id\\\": {[ é 🤖 ".repeat(1000));
            assertThat(projector.retainedBytes()).isLessThanOrEqualTo(2048);
        }
        feed(projector, "\"}],\"usage\":{\"a\":1}}");

        assertThat(kept(projector)).isEqualTo("{\"id\":\"a\",\"usage\":{\"a\":1}}");
    }

    @Test
    void keptBytesAreBounded() {
        var projector = new JsonProjector(WANTED);
        feed(projector, "{");
        for (int i = 0; i < 100_000; i++) {
            feed(projector, "\"inner\":{\"deep\":{\"x\":12345}},\"usage\":\"");
            feed(projector, "z".repeat(50) + "\",");
        }
        feed(projector, "\"" + "n".repeat(100_000) + "\":1,\"usage\":\"");
        feed(projector, "z".repeat(1_000_000));

        assertThat(projector.retainedBytes()).isLessThanOrEqualTo(JsonProjector.MAX_KEPT + 64);
        assertThat(LenientJson.read(projector.kept(), projector.kept().length).isObject())
                .isTrue();
    }

    @Test
    void anotherObjectIsReadAfterReset() {
        JsonProjector projector = read("{\"id\":1,\"inner\":{\"y\":\"abc", 1);
        projector.reset();
        feed(projector, "{\"id\":2}");
        assertThat(kept(projector)).isEqualTo("{\"id\":2}");
        assertThat(projector.isClosed()).isTrue();
    }

    static JsonProjector read(String json, int chunk) {
        var projector = new JsonProjector(WANTED);
        byte[] bytes = ExtractorFixture.utf8(json);
        for (int from = 0; from < bytes.length; from += chunk) {
            projector.read(ByteBuffer.wrap(bytes, from, Math.min(chunk, bytes.length - from)));
        }
        return projector;
    }

    private static void feed(JsonProjector projector, String text) {
        projector.read(ByteBuffer.wrap(ExtractorFixture.utf8(text)));
    }

    static String kept(JsonProjector projector) {
        return new String(projector.kept(), StandardCharsets.UTF_8);
    }
}
