package io.usageexporter.ingest;

import static io.usageexporter.ingest.BodyReaderAssertions.APIFY;
import static io.usageexporter.ingest.BodyReaderAssertions.detail;
import static io.usageexporter.ingest.BodyReaderAssertions.rejected;
import static io.usageexporter.ingest.BodyReaderAssertions.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidBodyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "NaN",
                "Infinity",
                "-Infinity",
                "+1",
                "01",
                ".5",
                "1.",
                "1e",
                "0x10",
                "1_000",
                "undefined",
                "'1'",
                "1,,",
                "nul",
                "tru",
                "1 2",
            })
    void namesTheFieldThatIsNotJson(String amount) {
        assertThat(detail("{\"provider\": \"apify\", \"usage\": {\"compute_units\": " + amount + "}}"))
                .startsWith("not valid JSON at line 1, column ")
                .contains("usage");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "\r\n\t "})
    void rejectsAnEmptyBody(String body) {
        assertThat(detail(body)).isEqualTo("the body is empty; send an event");
    }

    @Test
    void rejectsAByteOrderMarkAlone() {
        assertThat(detail("\uFEFF")).startsWith("not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "\"x\"", "null", "true", "1.5"})
    void rejectsOtherJsonValues(String body) {
        assertThat(detail(body)).isEqualTo("the body must be an event object or an array");
    }

    @ParameterizedTest
    @ValueSource(strings = {" {}", " 1", "]", "}", ",", "\nNaN", "x", "\u0000", "{", APIFY})
    void rejectsContentAfterTheEvent(String content) {
        assertThat(detail(APIFY + content)).containsAnyOf("unexpected content after the end", "not valid JSON");
        assertThat(detail("[" + APIFY + "]" + content))
                .containsAnyOf("unexpected content after the end", "not valid JSON");
    }

    @Test
    void suggestsNdjsonForTwoEventsInARow() {
        assertThat(detail(APIFY + "\n" + APIFY))
                .contains("one event per line needs Content-Type: application/x-ndjson");
    }

    @Test
    void rejectsEveryTruncatedBody() {
        String body = "{\"id\":\"x\",\"provider\":\"anthropic\",\"usage\":{\"tokens\":{\"input\":1.5e3}}}";
        for (int length = 0; length < body.length(); length++) {
            assertThat(detail(body.substring(0, length))).containsAnyOf("not valid JSON", "the body is empty");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
    void rejectsOtherEncodings(Charset charset) {
        assertThat(detail(rejected(APIFY.getBytes(charset)))).isEqualTo("the body must be UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FEFF0000", "FFFE0000", "0000FEFF", "0000FFFE", "00", "0000", "FFFE", "FE", "FF00"})
    void rejectsOtherFirstBytes(String hex) {
        byte[] start = hex(hex);
        assertThat(detail(rejected(start))).containsAnyOf("UTF-8", "not valid JSON");
        assertThat(detail(rejected(in("", start, APIFY)))).containsAnyOf("UTF-8", "not valid JSON");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "FF",
                "FE",
                "80",
                "BF",
                "C3",
                "C328",
                "E28241",
                "E282",
                "F09FA4",
                "F09FA441", // broken
                "C080",
                "C1A1",
                "E08080",
                "F0808080", // overlong
                "EDA080",
                "EDB080",
                "EDA0BDEDB8B4", // surrogates
                "F4908080",
                "F7BFBFBF",
                "F888808080",
                "FC8480808080" // beyond the last code point
            })
    void namesTheFieldThatIsNotUtf8(String hex) {
        byte[] body =
                in("{\"provider\": \"apify\", \"category\": \"a", hex(hex), "b\", \"usage\": {\"compute_units\": 1}}");
        assertThat(detail(rejected(body))).containsAnyOf("category", "must be UTF-8");
    }

    @Test
    void rejectsLatin1() {
        assertThat(detail(rejected(with("category", "\"é\"").getBytes(StandardCharsets.ISO_8859_1))))
                .containsAnyOf("category", "must be UTF-8");
    }

    private static byte[] in(String before, byte[] bytes, String after) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        all.writeBytes(bytes);
        all.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
