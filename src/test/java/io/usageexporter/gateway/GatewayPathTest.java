package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayPathTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            /gateway/anthropic/v1/messages         | /gateway/anthropic      | anthropic | -   | -   | /v1/messages
            /gateway/anthropic                     | /gateway/anthropic      | anthropic | -   | -   | /
            /gateway/anthropic/                    | /gateway/anthropic      | anthropic | -   | -   | /
            /gateway/apify//v2//acts               | /gateway/apify          | apify     | -   | -   | //v2//acts
            /gateway/apify/v2/acts/a%7Eb%2Fc/runs  | /gateway/apify          | apify     | -   | -   | /v2/acts/a%7Eb%2Fc/runs
            /gateway/apify/v2/acts/~mine/runs      | /gateway/apify          | apify     | -   | -   | /v2/acts/~mine/runs
            /gateway/apify/v2/../../api/usage      | /gateway/apify          | apify     | -   | -   | /v2/../../api/usage
            /gateway/anthropic/~search/v1/messages | /gateway/anthropic/~search | anthropic | search | -   | /v1/messages
            /gateway/anthropic/~search             | /gateway/anthropic/~search | anthropic | search | -   | /
            /gateway/anthropic/~a%20b%2Fc/v1       | /gateway/anthropic/~a%20b%2Fc | anthropic | a b/c | -   | /v1
            /gateway/anthropic/~%C3%BC+1/v1        | /gateway/anthropic/~%C3%BC+1 | anthropic | ü+1 | -   | /v1
            /gateway/anthropic/~Vorschl\u00c3\u00a4ge/v1  | /gateway/anthropic/~Vorschl\u00c3\u00a4ge | anthropic | Vorschl\u00e4ge | -   | /v1
            /gateway/anthropic/~Vorschl\u00e4ge/v1  | /gateway/anthropic/~Vorschl\u00e4ge | anthropic | Vorschl\u00e4ge | -   | /v1
            /gateway/anthropic/~Vorschl%E4ge/v1    | /gateway/anthropic/~Vorschl%E4ge | anthropic | Vorschl\u00e4ge | -   | /v1
            /gateway/anthropic/~50%25%/v1          | /gateway/anthropic/~50%25% | anthropic | 50%% | -   | /v1
            /gateway/anthropic/~100%/v1            | /gateway/anthropic/~100% | anthropic | 100% | -   | /v1
            /gateway/anthropic/~/v1                | /gateway/anthropic/~    | anthropic | -   | -   | /v1
            /gateway/anthropic/%7esearch/v1        | /gateway/anthropic/%7esearch | anthropic | search | -   | /v1
            /gateway/anthropic/~a/~b/v1            | /gateway/anthropic/~a   | anthropic | a   | -   | /~b/v1
            http://x:5000/gateway/anthropic/v1     | /gateway/anthropic      | anthropic | -   | -   | /v1
            https://evil/gateway/apify/~c/v2       | /gateway/apify/~c       | apify     | c   | -   | /v2
            /gateway/other/v1                      | /gateway/other          | other     | -   | -   | /v1
            /gateway/anthropic/@growth/v1/messages | /gateway/anthropic/@growth | anthropic | - | growth | /v1/messages
            /gateway/anthropic/@a%20b/~c/v1        | /gateway/anthropic/@a%20b/~c | anthropic | c | a b  | /v1
            /gateway/anthropic/~c/%40growth/v1     | /gateway/anthropic/~c/%40growth | anthropic | c | growth | /v1
            /gateway/anthropic/@/~c/v1             | /gateway/anthropic/@/~c | anthropic | c   | -   | /v1
            /gateway/anthropic/@a/@b/v1            | /gateway/anthropic/@a   | anthropic | -   | a   | /@b/v1
            /gateway/anthropic/@a/~c/@b/v1         | /gateway/anthropic/@a/~c | anthropic | c  | a   | /@b/v1
            /gateway/anthropic/v1/@a               | /gateway/anthropic      | anthropic | -   | -   | /v1/@a
            """)
    void targetIsSplitIntoProviderNamesPathAndQuery(
            String target, String base, String provider, String category, String consumer, String path) {
        assertThat(GatewayPath.of(target))
                .isEqualTo(new GatewayPath(base, provider, null, category, consumer, path, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "/gateway/anthropic/!secret/v1        | secret | -      | -      | /v1",
                "/gateway/anthropic/%21secret/v1      | secret | -      | -      | /v1",
                "/gateway/anthropic/!s/~c/@growth/v1  | s      | c      | growth | /v1",
                "/gateway/anthropic/@growth/~c/!s/v1  | s      | c      | growth | /v1",
                "/gateway/anthropic/~c/!s/@growth/v1  | s      | c      | growth | /v1",
                "/gateway/anthropic/!s                | s      | -      | -      | /",
                "/gateway/anthropic/!s/!t/v1          | s      | -      | -      | /!t/v1",
                "/gateway/anthropic/v1/!s             | -      | -      | -      | /v1/!s",
            })
    void theTokenIsNoPartOfThePathThatIsForwarded(
            String target, String token, String category, String consumer, String path) {
        assertThat(GatewayPath.of(target))
                .extracting(GatewayPath::token, GatewayPath::category, GatewayPath::consumer, GatewayPath::path)
                .containsExactly(token, category, consumer, path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "",
                "*",
                "/gateway",
                "/Gateway/anthropic/v1",
                "//gateway/anthropic/v1",
                "/gateways/anthropic/v1",
                "/x/gateway/anthropic/v1",
                "/x://y/gateway/anthropic/v1",
                "http://host",
                "http://host?x=/gateway/anthropic/v1",
                "http://host/",
                "http://host/gateway",
                "http://host//gateway/anthropic/v1",
                "gateway/anthropic/v1",
                "api.anthropic.com:443"
            })
    void otherTargetsAreNotTheGateways(String target) {
        assertThat(GatewayPath.of(target)).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            /gateway/apify/v2/acts                 | -
            /gateway/apify/v2/acts?                | ''
            /gateway/apify/v2/acts?a=/b?c          | a=/b?c
            http://x/gateway/apify/v2/acts?a=b     | a=b
            """)
    void queryIsKeptUnchanged(String target, String query) {
        assertThat(GatewayPath.of(target)).extracting(GatewayPath::query).isEqualTo(query);
        assertThat(GatewayPath.of(target)).extracting(GatewayPath::path).isEqualTo("/v2/acts");
    }

    /** Such a request is rejected like one for an unknown provider. */
    @ParameterizedTest
    @ValueSource(strings = {"/gateway/", "/gateway//v1/messages"})
    void missingProviderIsEmpty(String target) {
        assertThat(GatewayPath.of(target)).extracting(GatewayPath::provider).isEqualTo("");
    }
}
