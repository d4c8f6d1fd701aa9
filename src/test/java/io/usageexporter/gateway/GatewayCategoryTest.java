package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.ANTHROPIC;
import static io.usageexporter.gateway.GatewayExtension.APIFY;
import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static io.usageexporter.gateway.GatewayExtension.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.RawHttp;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The category of a call, from its header, its path or the configuration. */
class GatewayCategoryTest {
    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension().respondingWithMessages();

    /** The bytes that clients write; RawHttp takes one character per byte. */
    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private void assertCounted(String category) {
        gateway.awaitMetric(requests(category), "1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Vorschläge für dich", "おすすめ", "📚 books", "plain"})
    void headerInUtf8IsReadAsUtf8(String category) throws Exception {
        try (RawHttp client = gateway.connect()) {
            client.post(MESSAGES, "{}", "X-Usage-Category: " + utf8(category)).read();
        }
        assertCounted(category);
    }

    @Test
    void headerThatIsNotUtf8IsReadAsLatin1() throws Exception {
        try (RawHttp client = gateway.connect()) {
            client.post(MESSAGES, "{}", "X-Usage-Category: Vorschl\u00e4ge").read();
        }
        assertCounted("Vorschläge");
    }

    @ParameterizedTest
    @ValueSource(strings = {"~Vorschl%C3%A4ge", "~Vorschl%E4ge"})
    void pathSegmentIsReadAsUtf8OrLatin1(String segment) throws Exception {
        try (RawHttp client = gateway.connect()) {
            client.post("/gateway/anthropic/" + segment + "/v1/messages", "{}");
            assertThat(client.read().status()).isEqualTo(200);
        }
        assertCounted("Vorschläge");
        assertThat(gateway.provider().awaitExchange().target()).isEqualTo("/v1/messages");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/v1/messages,         -,        uncategorized",
                "/~search/v1/messages, -,        search",
                "/v1/messages,         mail,     mail",
                "/~search/v1/messages, mail,     mail",
                "/~search/v1/messages, ' ',      search",
                "/~/v1/messages,       -,        uncategorized",
                "/~a%20b%2Fc/v1/messages, -,     a b/c"
            })
    void categoryPrecedenceIsHeaderThenPathThenNone(String path, String header, String category) {
        String[] headers = header == null ? new String[0] : new String[] {"X-Usage-Category", header};
        assertThat(gateway.post("/gateway/anthropic" + path, headers).statusCode())
                .isEqualTo(200);

        gateway.awaitMetric(requests(category), "1");
        assertThat(gateway.provider().targets()).containsExactly("/v1/messages");
        assertThat(gateway.provider().exchanges())
                .singleElement()
                .satisfies(exchange ->
                        assertThat(exchange.header("X-Usage-Category")).isNull());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/v1/messages,               -,      -",
                "/@growth/v1/messages,       -,      growth",
                "/~mail/@growth/v1/messages, -,      growth",
                "/@growth/v1/messages,       search, search",
                "/@growth/v1/messages,       ' ',    growth"
            })
    void consumerPrecedenceIsHeaderThenPathThenNone(String path, String header, String consumer) {
        String[] headers = header == null ? new String[0] : new String[] {"X-Usage-Consumer", header};
        assertThat(gateway.post("/gateway/anthropic" + path, headers).statusCode())
                .isEqualTo(200);

        String category = path.startsWith("/~") ? "mail" : "uncategorized";
        String labels = "category=\"" + category + "\"" + (consumer == null ? "" : ",consumer=\"" + consumer + "\"");
        gateway.awaitMetric(requests(category).replace("category=\"" + category + "\"", labels), "1");
        assertThat(gateway.provider().exchanges()).singleElement().satisfies(exchange -> {
            assertThat(exchange.target()).isEqualTo("/v1/messages");
            assertThat(exchange.header("X-Usage-Consumer")).isNull();
        });
    }

    @Test
    void callsWithoutCategoryGetTheConfiguredOne() throws Exception {
        gateway.reload(ANTHROPIC.replace("UPSTREAM", "UPSTREAM, category: batch jobs"), APIFY);
        gateway.post(MESSAGES);
        gateway.post(MESSAGES, "X-Usage-Category", "mail");
        gateway.post("/gateway/anthropic/~/v1/messages");

        gateway.awaitMetric(requests("batch jobs"), "2");
        gateway.awaitMetric(requests("mail"), "1");
    }

    @Test
    void invalidCategoryIsSanitized() {
        gateway.post(MESSAGES, "X-Usage-Category", "x".repeat(150));
        gateway.post("/gateway/anthropic/~a%09b/v1/messages");

        gateway.awaitMetric(requests("x".repeat(100)), "1");
        gateway.awaitMetric(requests("a?b"), "1");
    }
}
