package io.usageexporter.fuzz;

import io.usageexporter.access.AccessFuzz;
import io.usageexporter.config.ConfigFuzz;
import io.usageexporter.forwarded.ForwardedFuzz;
import io.usageexporter.gateway.GatewayFuzz;
import io.usageexporter.http.HttpFuzz;
import io.usageexporter.ingest.IngestFuzz;
import io.usageexporter.provider.wire.WireFuzz;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** What is fuzzed, with inputs to begin with. */
@SuppressWarnings("ImmutableEnumChecker") // the checks have no state, and the seeds do not change
enum FuzzTarget {
    ACCEPT(HttpFuzz::accept, "text/html;q=0.9, */*;q=0.1", "application/openmetrics-text; version=1.0.0,gzip;q=0, *"),
    AUTHORIZATION(AccessFuzz::authorization, "Basic dTpwYXNz", "bearer wrong", "Basic OjoK=="),
    BODY(IngestFuzz::body, """
            [{"id": "a", "provider": "apify", "usage": {"compute_units": 1.5e1}, "at": "2026-11-24T09:14:00Z"},
             {"provider": "anthropic", "model": "m", "usage": {"tokens": {"input": 1, "cache_read": 2}}}]""", """
            {"provider": "anthropic", "usage": {"input_tokens": 5, "cache_creation": {"ephemeral_5m_input_tokens": 1}}}"""),
    CHUNKS(GatewayFuzz::chunks, "5\r\nhello\r\n0\r\n\r\n", "a;x=y\r\n0123456789\r\n00\r\nTrailer: 1\r\n\r\n"),
    CONFIG(ConfigFuzz::yaml, """
            timezone: Europe/Berlin
            thresholds: {warning: 0.5, critical: 80%}
            windows: {weekly: {start_day: monday}, session: {length: 5h}}
            providers:
              anthropic: &a
                limits: {daily: {requests: 1000}, monthly: {usd: 400}}
                token_weights: {input: 1, cache_read: 0}
              maps: {kind: json, gateway: {upstream: "http://127.0.0.1:1", usage: {tiles: /a/0}}}
            consumers: {growth: {limits: {anthropic: {monthly: {usd: 150}}}}}
            prices: [{provider: anthropic, model: "m*", from: 2026-01-01, input: 3, checked: 2026-01-02}]
            """),
    FORWARDED(
            ForwardedFuzz::headers,
            "Forwarded:for=\"[::1]:80\";proto=https;host=usage.example.com, for=10.0.0.2",
            "X-Forwarded-For:1.2.3.4, 10.0.0.2\nX-Forwarded-Proto:https\nX-Forwarded-Host:h:1\nX-Forwarded-Prefix:/a/b/"),
    GZIP(WireFuzz::gzip, WireFuzz.compressed("event: ping\ndata: {}\n\n".repeat(20)), WireFuzz.compressed("")),
    HISTORY(HttpFuzz::history, "provider=apify&days=30&window=daily", "from=2026-11-01&to=2026-11-24&resource=tokens"),
    LINES(IngestFuzz::lines, """
            {"provider": "apify", "usage": {"compute_units": 1}}\r
            {"provider": "anthropic", "usage": {"tokens": 4}}

            {"usage": {"compute_units": 2}, "provider": "apify", "id": "x"}"""),
    PATH(
            GatewayFuzz::path,
            "/gateway/anthropic/~chat/@growth/v1/messages?beta=true",
            "http://h/gateway/apify/%7Ea%2F/../v2//acts"),
    PROJECTOR(
            WireFuzz::projector, "{\"inner\":{\"deep\":{\"x\":4},\"y\":[1,{}]},\"id\":\"a\\u0069\",\"usage\":-1.5e3}"),
    RESPONSE_HEAD(
            GatewayFuzz::responseHead,
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.0 404\nContent-Length: 5,5\n a\nConnection: close\n\n"),
    SSE(WireFuzz::sse, "\uFEFFevent: start\r\ndata: {\"a\": 1}\r\n\r\n: c\ndata\n\nevent:stop\rid: 1\rdata:  x\r\r"),
    WEB_CONFIG(AccessFuzz::webConfig, """
            tls_server_config: {cert_file: c.pem, key: "-----BEGIN PRIVATE KEY-----", client_auth_type: NoClientCert}
            basic_auth_users: {u: $2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi}
            http_server_config: {http2: true, headers: {X-Frame-Options: deny}}
            """);

    /** Throws when a promise is broken. */
    @FunctionalInterface
    interface Check {
        void on(byte[] input) throws Exception;
    }

    private final Check check;
    private final List<byte[]> seeds;

    FuzzTarget(Check check, String... seeds) {
        this(
                check,
                Stream.of(seeds)
                        .map(seed -> seed.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new));
    }

    FuzzTarget(Check check, byte[]... seeds) {
        this.check = check;
        this.seeds = List.of(seeds);
    }

    void check(byte[] input) throws Exception {
        check.on(input);
    }

    List<byte[]> seeds() {
        return seeds;
    }
}
