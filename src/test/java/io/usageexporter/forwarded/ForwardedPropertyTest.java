package io.usageexporter.forwarded;

import static io.usageexporter.forwarded.ForwardedTest.address;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ForwardedPropertyTest {
    private static final ReverseProxies PROXIES = ForwardedTest.proxies(null, "10.0.0.0/8");

    /** Pieces of the syntax in any order, and any other characters. */
    @Provide
    Arbitrary<List<String>> headers() {
        Arbitrary<String> piece = Arbitraries.oneOf(
                Arbitraries.of(
                        "for=",
                        "host=",
                        "proto=",
                        "https",
                        "10.0.0.2",
                        "1.2.3.4",
                        "[::1]",
                        ":80",
                        ",",
                        ";",
                        "\"",
                        "\\",
                        " ",
                        "=",
                        "/x",
                        "..",
                        "unknown",
                        "_hidden",
                        "usage.example.com",
                        "%41",
                        "::ffff:1.2.3.4"),
                Arbitraries.strings().withCharRange((char) 0, (char) 255).ofMaxLength(3));
        Arbitrary<String> value = piece.list().ofMaxSize(12).map(pieces -> String.join("", pieces));
        return Arbitraries.of(
                        "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix")
                .flatMap(name -> value.map(text -> name + ":" + text))
                .list()
                .ofMaxSize(6);
    }

    @Property(tries = 3000)
    void anyHeadersGiveAUrlThatIsOne(@ForAll("headers") List<String> headers) {
        checkUrl(headers.toArray(new String[0]));
    }

    static void checkUrl(String... headers) {
        Forwarded forwarded = ForwardedTest.from(PROXIES, "10.0.0.1", headers);
        URI url = URI.create(PROXIES.externalUrl(forwarded, "http", "exporter:5000"));

        assertThat(url.getScheme()).isIn("http", "https");
        assertThat(url.getRawAuthority()).isNotEmpty();
        assertThat(url.toString()).matches("https?://[A-Za-z0-9._:\\[\\]-]+(/[A-Za-z0-9._~+@:%/-]+)?");
    }

    /** Whatever a client sends, its proxies' own words decide. */
    @Property(tries = 1000)
    void nothingThatAClientMadeUpIsBelieved(@ForAll("headers") List<String> headers) {
        String[] all = Stream.concat(
                        headers.stream().filter(line -> !line.startsWith("Forwarded")),
                        Stream.of(
                                "X-Forwarded-For:203.0.113.9",
                                "X-Forwarded-For:10.0.0.2",
                                "X-Forwarded-Proto:https",
                                "X-Forwarded-Proto:http",
                                "X-Forwarded-Host:usage.example.com",
                                "X-Forwarded-Host:inner",
                                "X-Forwarded-Prefix:/x",
                                "X-Forwarded-Prefix:/"))
                .toArray(String[]::new);

        assertThat(ForwardedTest.from(PROXIES, "10.0.0.1", all))
                .isEqualTo(
                        new Forwarded(address("203.0.113.9"), "https", HostAndPort.parse("usage.example.com"), "/x"));
    }
}
