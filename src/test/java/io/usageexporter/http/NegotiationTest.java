package io.usageexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.RawHttp;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Content negotiation of each route that has several representations. */
class NegotiationTest {
    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/usage             | text/html                                       | text/html",
                "/usage             | text/html,application/xhtml+xml,*/*;q=0.8       | text/html",
                "/usage             | text/html;q=0, */*                              | text/plain",
                "/usage             | text/html;q=0.000                               | text/plain",
                "/usage             | text/plain;q=0, text/*                          | text/html",
                "/usage             | application/json                                | text/plain",
                "/api/usage/history | text/csv;q=0, */*                               | application/json",
                "/api/usage/history | application/json;q=0, */*                       | text/csv",
                "/metrics           | */*                                             | text/plain",
                "/metrics           | application/openmetrics-text                    | application/openmetrics-text",
                "/metrics           | application/openmetrics-text;q=0, text/plain    | text/plain",
                "/metrics           | application/openmetrics-text;q=0, */*           | text/plain",
                "/metrics           | application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3 | application/openmetrics-text",
                "/metrics           | application/openmetrics-text;q=0.2,text/plain;q=0.3               | text/plain",
                "/metrics           | text/plain;q=0, */*                             | application/openmetrics-text",
                "/metrics           | application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,text/plain;q=0.3 | application/vnd.google.protobuf",
                "/metrics           | application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0,text/plain | text/plain",
            })
    void preferredRepresentationIsSentAndNeverAnExcludedOne(String path, String accept, String type) throws Exception {
        RawHttp.Response response = get(path, "Accept: " + accept);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.values("Content-Type").get(0)).startsWith(type);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/usage             | Accept: */*;q=0                        | text/plain, text/html",
                "/api/usage/history | Accept: text/csv;q=0, application/*;q=0 | application/json, text/csv",
                "/metrics           | Accept: */*;q=0                        | text/plain, application/openmetrics-text",
                "/metrics           | Accept-Encoding: identity;q=0, gzip;q=0 | identity, gzip",
                "/metrics           | Accept-Encoding: *;q=0                 | identity, gzip",
            })
    void excludingAllRepresentationsIs406AndListsThem(String path, String header, String offered) throws Exception {
        RawHttp.Response response = get(path, header);

        assertThat(response.status()).isEqualTo(406);
        assertThat(response.values("Content-Type")).containsExactly("application/problem+json");
        assertThat(response.body()).contains("accepts none of the available representations: " + offered);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip | gzip",
                "gzip;q=0 | ",
                "gzip;q=0, * | ",
                "identity;q=0, gzip;q=0.1 | gzip",
                "identity;q=0, * | gzip"
            })
    void scrapeIsCompressedOnlyWhenAccepted(String header, String coding) throws Exception {
        assertThat(get("/metrics", "Accept-Encoding: " + header).values("Content-Encoding"))
                .isEqualTo(coding == null ? List.of() : List.of(coding));
    }

    private RawHttp.Response get(String path, String header) throws Exception {
        try (var connection = new RawHttp(exporter.http().port())) {
            return connection.get(path, header).read();
        }
    }
}
