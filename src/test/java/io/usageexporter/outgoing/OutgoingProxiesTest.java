package io.usageexporter.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingProxiesTest {
    private static final URI HTTPS = URI.create("https://api.example.com");
    private static final URI HTTP = URI.create("http://api.example.com");

    private static @Nullable OutgoingProxy proxy(Map<String, String> variables, URI to) throws OutgoingProxyException {
        return new OutgoingProxies(variables, name -> null, Objects.requireNonNull(ProxySelector.getDefault())).to(to);
    }

    private static boolean isProxied(String noProxy, String url) throws OutgoingProxyException {
        return proxy(
                        Map.of("HTTPS_PROXY", "http://proxy:1", "HTTP_PROXY", "http://proxy:1", "NO_PROXY", noProxy),
                        URI.create(url))
                != null;
    }

    private static OutgoingProxy of(String url) throws OutgoingProxyException {
        return OutgoingProxy.parse("HTTPS_PROXY", url);
    }

    @Test
    void eachSchemeHasItsOwnVariable() throws Exception {
        assertThat(proxy(Map.of("HTTPS_PROXY", "http://a:1"), HTTPS)).hasToString("a:1");
        assertThat(proxy(Map.of("HTTPS_PROXY", "http://a:1"), HTTP)).isNull();
        assertThat(proxy(Map.of("http_proxy", "b"), HTTP)).hasToString("b:80");
        assertThat(proxy(Map.of("http_proxy", "b"), HTTPS)).isNull();
        assertThat(proxy(Map.of("HTTPS_PROXY", "a:1", "https_proxy", "b:2"), HTTPS))
                .hasToString("a:1");
        assertThat(proxy(Map.of("HTTPS_PROXY", " ", "https_proxy", "b:2"), HTTPS))
                .hasToString("b:2");
        assertThat(proxy(Map.of(), HTTPS)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "proxy.example.com:3128, proxy.example.com, 3128",
        "http://proxy.example.com, proxy.example.com, 80",
        "HTTP://Proxy:3128/, proxy, 3128",
        "http://[::1]:3128, ::1, 3128",
        "http://10.0.0.1:8080, 10.0.0.1, 8080"
    })
    void proxyIsAUrlOrAHostWithAPort(String url, String host, int port) throws Exception {
        assertThat(of(url)).isEqualTo(new OutgoingProxy(host, port, null));
    }

    @ParameterizedTest
    @CsvSource({
        "http://user:secret@proxy:1, user:secret",
        "user:secret@proxy:1, user:secret",
        "http://user@proxy:1, user:",
        "http://us%65r:p%40ss%3Aw%2Frd+%C3%BC@proxy:1, user:p@ss:w/rd+ü"
    })
    void credentialsAreDecodedAndNeverShown(String url, String credentials) throws Exception {
        OutgoingProxy proxy = of(url);

        assertThat(proxy.authorization())
                .isEqualTo("Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        assertThat(proxy).hasToString("proxy:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "socks5://user:secret@proxy:1",
                "https://user:secret@proxy:1",
                "http://user:secret@",
                "http://user:secret@proxy:99999",
                "http://user:sec%ret@proxy:1",
                "http://user:secret@proxy/path",
                "user:secret@a@b"
            })
    void otherValuesAreRefusedWithoutShowingThem(String url) {
        assertThatThrownBy(() -> of(url))
                .isInstanceOf(OutgoingProxyException.class)
                .hasMessageContaining("HTTPS_PROXY")
                .hasNoCause()
                .extracting(Throwable::getMessage)
                .asString()
                .doesNotContain("secret", "sec%", "ret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                       | https://api.example.com      | true",
                "*                      | https://api.example.com      | false",
                "example.com            | https://api.example.com      | false",
                "example.com            | https://example.com          | false",
                "example.com            | https://notexample.com       | true",
                ".example.com           | https://api.example.com      | false",
                ".example.com           | https://example.com          | true",
                "*.example.com          | https://a.api.example.com    | false",
                "*.example.com          | https://example.com          | true",
                "API.Example.COM        | https://api.example.com      | false",
                "other, example.com     | https://api.example.com      | false",
                "example.com:443        | https://api.example.com      | false",
                "example.com:443        | https://api.example.com:8443 | true",
                "example.com:80         | http://api.example.com       | false",
                "10.0.0.0/8             | https://10.1.2.3             | false",
                "10.0.0.0/8             | https://11.1.2.3             | true",
                "10.0.0.0/8             | https://10.example.com       | true",
                "10.1.2.3               | https://10.1.2.3:8443        | false",
                "10.1.2.3:443           | https://10.1.2.3             | false",
                "10.1.2.3:443           | https://10.1.2.3:8443        | true",
                "fd00::/8               | https://[fd00::1]            | false",
                "[fd00::1]:443          | https://[fd00::1]            | false",
                "2.3                    | https://10.1.2.3             | true",
                "                       | https://localhost:8080       | false",
                "                       | http://127.1.2.3             | false",
                "                       | http://[::1]:80              | false",
                "                       | https://x.localhost          | false",
                "://,::::,/,.           | https://api.example.com      | true"
            })
    void hostsOfNoProxyAndLoopbackAreReachedWithoutOne(@Nullable String noProxy, String url, boolean proxied)
            throws Exception {
        assertThat(isProxied(noProxy == null ? "" : noProxy, url)).isEqualTo(proxied);
    }

    @Test
    void jvmPropertiesWinOverVariables() throws Exception {
        var properties = Map.of("https.proxyHost", "jvm", "https.proxyPort", "8");
        properties.forEach(System::setProperty);
        try {
            var proxies = new OutgoingProxies(
                    Map.of("HTTPS_PROXY", "http://variable:1", "HTTP_PROXY", "http://variable:1"),
                    System::getProperty,
                    Objects.requireNonNull(ProxySelector.getDefault()));

            assertThat(proxies.to(HTTPS)).hasToString("jvm:8");
            assertThat(proxies.to(URI.create("https://localhost"))).isNull();
            assertThat(proxies.to(HTTP)).hasToString("variable:1");
        } finally {
            properties.keySet().forEach(System::clearProperty);
        }
    }
}
