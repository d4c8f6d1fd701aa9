package io.usageexporter.forwarded;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedTest {
    private static final ReverseProxies PROXIES = proxies(null, "10.0.0.0/8", "fd00::/8", "192.0.2.7");

    static ReverseProxies proxies(@Nullable String publicUrl, String... trusted) {
        return new ReverseProxies(
                Stream.of(trusted)
                        .map(range -> Objects.requireNonNull(AddressRange.parse(range)))
                        .toList(),
                publicUrl == null ? null : URI.create(publicUrl));
    }

    static InetAddress address(String text) {
        return Objects.requireNonNull(IpAddress.parse(text));
    }

    /** @param lines each a header */
    static Forwarded from(ReverseProxies proxies, String peer, String... lines) {
        return proxies.forwarded(address(peer), name -> {
            var values = new ArrayList<String>();
            for (String line : lines) {
                if (line.startsWith(name + ":")) {
                    values.add(line.substring(name.length() + 1).strip());
                }
            }
            return values;
        });
    }

    private static String url(Forwarded forwarded) {
        return PROXIES.externalUrl(forwarded, "http", "exporter:5000");
    }

    @Test
    void nothingIsBelievedOfOtherPeers() {
        Forwarded forwarded = from(
                PROXIES,
                "192.0.2.8",
                "X-Forwarded-For: 203.0.113.9",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: usage.example.com",
                "X-Forwarded-Prefix: /x",
                "Forwarded: for=203.0.113.9;proto=https;host=usage.example.com");

        assertThat(forwarded).isEqualTo(Forwarded.nothing(address("192.0.2.8")));
        assertThat(url(forwarded)).isEqualTo("http://exporter:5000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1 | 203.0.113.9                            | 203.0.113.9",
                "10.0.0.1 | 1.1.1.1, 203.0.113.9                   | 203.0.113.9",
                "10.0.0.1 | 203.0.113.9, 10.0.0.2, fd00::1         | 203.0.113.9",
                "10.0.0.1 | 10.0.0.3, 10.0.0.2                     | 10.0.0.3",
                "10.0.0.1 | 1.1.1.1, unknown, 10.0.0.2             | 10.0.0.2",
                "10.0.0.1 | 1.1.1.1, , 10.0.0.2                    | 10.0.0.2",
                "10.0.0.1 | evil.example                           | 10.0.0.1",
                "10.0.0.1 | 300.1.1.1                              | 10.0.0.1",
                "10.0.0.1 | 203.0.113.9:4711                       | 203.0.113.9",
                "fd00::7  | 2001:db8::1                            | 2001:db8::1",
                "fd00::7  | [2001:db8::1]:4711                     | 2001:db8::1",
                "10.0.0.1 | ::ffff:203.0.113.9                     | 203.0.113.9"
            })
    void clientIsTheLastAddressThatIsNotTrusted(String peer, String header, String client) {
        assertThat(from(PROXIES, peer, "X-Forwarded-For: " + header).client()).isEqualTo(address(client));
        String elements = Stream.of(header.split(","))
                .map(each -> "for=\"" + each.strip() + "\"")
                .reduce((one, other) -> one + ", " + other)
                .orElseThrow();
        assertThat(from(PROXIES, peer, "Forwarded: " + elements).client()).isEqualTo(address(client));
    }

    @Test
    void schemeHostAndPrefixAreThoseThatTheOutermostTrustedProxySaw() {
        assertThat(url(from(
                        PROXIES,
                        "10.0.0.1",
                        "X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.2",
                        "X-Forwarded-Proto: http, https, http",
                        "X-Forwarded-Host: evil.example, usage.example.com, inner:8080",
                        "X-Forwarded-Prefix: /evil, /usage-exporter/, /")))
                .isEqualTo("https://usage.example.com/usage-exporter");
        assertThat(
                        url(
                                from(
                                        PROXIES,
                                        "10.0.0.1",
                                        "Forwarded: for=1.1.1.1;host=evil.example",
                                        "Forwarded: for=203.0.113.9;proto=HTTPS;host=\"usage.example.com:8443\", for=10.0.0.2;proto=http")))
                .isEqualTo("https://usage.example.com:8443");
    }

    @Test
    void oneValueHoldsForAllProxies() {
        assertThat(url(from(
                        PROXIES,
                        "10.0.0.1",
                        "X-Forwarded-For: 203.0.113.9, 10.0.0.2",
                        "X-Forwarded-Proto: https",
                        "X-Forwarded-Host: usage.example.com")))
                .isEqualTo("https://usage.example.com");
    }

    @Test
    void headersOfTheFirstTrustedProxyHoldWithoutAnAddress() {
        assertThat(url(from(PROXIES, "192.0.2.7", "X-Forwarded-Proto: https"))).isEqualTo("https://exporter:5000");
        assertThat(url(from(PROXIES, "192.0.2.7", "Forwarded: by=_x;proto=https")))
                .isEqualTo("https://exporter:5000");
    }

    @Test
    void forwardedThatAClientMadeUpHasNoEffectNextToTheProxysOwnHeaders() {
        Forwarded forwarded = from(
                PROXIES,
                "10.0.0.1",
                "X-Forwarded-For: 203.0.113.9",
                "Forwarded: for=198.51.100.1;host=evil.example;proto=https");

        assertThat(forwarded).isEqualTo(new Forwarded(address("203.0.113.9"), null, null, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Proto: javascript",
                "X-Forwarded-Proto: ",
                "X-Forwarded-Host: evil'example",
                "X-Forwarded-Host: a b",
                "X-Forwarded-Host: user@host",
                "X-Forwarded-Host: host/path",
                "X-Forwarded-Host: host:99999",
                "X-Forwarded-Host: [::g]",
                "X-Forwarded-Prefix: usage",
                "X-Forwarded-Prefix: //evil.example",
                "X-Forwarded-Prefix: /../x",
                "X-Forwarded-Prefix: /x/..",
                "X-Forwarded-Prefix: /x'y",
                "X-Forwarded-Prefix: /<script>",
                "Forwarded: for=\"203.0.113.9",
                "Forwarded: host=usage.example.com;host=evil.example",
                "Forwarded: proto https",
                "Forwarded: ;;;",
                "Forwarded: proto=https,",
                "Forwarded: proto=https, =",
            })
    void malformedValuesAreIgnored(String header) {
        boolean isTrailing = header.endsWith("https,"); // an empty element at the end is allowed
        assertThat(url(from(PROXIES, "10.0.0.1", header)))
                .isEqualTo(isTrailing ? "https://exporter:5000" : "http://exporter:5000");
    }

    @Test
    void headersBeyondAnyChainOfProxiesAreIgnored() {
        String many = "1.1.1.1,".repeat(1000) + "203.0.113.9";

        assertThat(from(PROXIES, "10.0.0.1", "X-Forwarded-For: " + many).client())
                .isEqualTo(address("10.0.0.1"));
        assertThat(from(PROXIES, "10.0.0.1", "Forwarded: for=\"" + "\\a".repeat(100_000) + "\"")
                        .client())
                .isEqualTo(address("10.0.0.1"));
    }

    @Test
    void publicUrlWinsOverAllHeaders() {
        ReverseProxies proxies = proxies("https://usage.example.com/usage-exporter", "10.0.0.0/8");
        Forwarded forwarded = from(proxies, "10.0.0.1", "X-Forwarded-Host: other", "X-Forwarded-For: 203.0.113.9");

        assertThat(proxies.externalUrl(forwarded, "http", "exporter:5000"))
                .isEqualTo("https://usage.example.com/usage-exporter");
        assertThat(proxies.publicHost()).isEqualTo(new HostAndPort("usage.example.com", HostAndPort.NO_PORT));
        assertThat(forwarded.client()).isEqualTo(address("203.0.113.9"));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.1.2.3/8, 10.9.9.9, true",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 203.0.113.9, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "2001:db8:0:8000::/49, 2001:db8:0:8001::1, true",
        "2001:db8:0:8000::/49, 2001:db8::1, false",
        "172.16.0.0/12, 172.31.0.1, true",
        "172.16.0.0/12, 172.32.0.1, false"
    })
    void rangesContainTheAddressesWithTheirPrefix(String range, String address, boolean contains) {
        assertThat(Objects.requireNonNull(AddressRange.parse(range)).contains(address(address)))
                .isEqualTo(contains);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10.0.0.0/33",
                "::/129",
                "10.0.0/8",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "host",
                "1.2.3.4.5",
                "010.0.0.256",
                "10.0.0.0/8/8",
                ":::",
                "[::1]",
                "fe80::1%eth0"
            })
    void otherTextIsNoRange(String text) {
        assertThat(AddressRange.parse(text)).isNull();
    }
}
