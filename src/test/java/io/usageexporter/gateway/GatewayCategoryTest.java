package io.usageexporter.gateway;

import static io.usageexporter.gateway.Passage.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeAnswer;
import io.usageexporter.testing.RawHttp;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which encoding the categories of calls are read. */
class GatewayCategoryTest {
    @TempDir
    Path folder;

    private Passage passage;

    @BeforeEach
    void start() throws Exception {
        passage = new Passage(folder);
        passage.provider().on("POST", "/v1/messages", FakeAnswer.sample("anthropic/messages-response-minimal.json"));
    }

    @AfterEach
    void stop() throws Exception {
        passage.close();
    }

    /** As clients write text into bytes of which RawHttp takes a character each. */
    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private void assertCounted(String category) {
        passage.awaitMetric(
                "api_usage_requests_total{category=\"" + category + "\",model=\"claude-haiku-4-5-20251001\","
                        + "provider=\"anthropic\"}",
                "1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Vorschläge für dich", "おすすめ", "📚 books", "plain"})
    void aHeaderInUtf8IsReadAsUtf8(String category) throws Exception {
        try (RawHttp client = passage.connect()) {
            client.post(MESSAGES, "{}", "X-Usage-Category: " + utf8(category)).read();
        }
        assertCounted(category);
    }

    @Test
    void aHeaderThatIsNotUtf8IsReadAsLatin1() throws Exception {
        try (RawHttp client = passage.connect()) {
            client.post(MESSAGES, "{}", "X-Usage-Category: Vorschl\u00e4ge").read();
        }
        assertCounted("Vorschläge");
    }

    @ParameterizedTest
    @ValueSource(strings = {"~Vorschl%C3%A4ge", "~Vorschl%E4ge"})
    void aSegmentIsReadAlike(String segment) throws Exception {
        try (RawHttp client = passage.connect()) {
            client.post("/gateway/anthropic/" + segment + "/v1/messages", "{}").read();
        }
        assertCounted("Vorschläge");
        assertThat(passage.provider().awaitExchange().target()).isEqualTo("/v1/messages");
    }
}
