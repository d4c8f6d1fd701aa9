package io.usageexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptsTest {
    @ParameterizedTest(name = "{0} prefers text/csv to application/json: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "text/csv                                         | true",
                "TEXT/CSV; charset=utf-8                          | true",
                "text/csv;header=present;q=0.3                    | true",
                "text/csv, */*                                    | true",
                "text/csv, */*;q=0.1                              | true",
                "text/csv, application/json                       | true",
                "text/csv;q=0.9, application/json;q=0.8           | true",
                "application/json;q=0, text/csv;q=0.1             | true",
                "application/*;q=0.5, text/csv;q=0.6              | true",
                "text/html , text/csv ; q=0.5                     | true",
                "text/csv; q=nonsense                             | true",
                "application/json, text/csv                       | false",
                "text/csv;q=0.8, application/json;q=0.9           | false",
                "text/csv;q=0.5, application/*                    | false",
                "text/csv;q=0.5, */*                              | false",
                "text/csv;q=0                                     | false",
                "text/csv;q=0.000, */*;q=0                        | false",
                "text/*                                           | false",
                "*/*                                              | false",
                "application/json                                 | false",
                "text/html,application/xhtml+xml,*/*;q=0.8        | false",
                "''                                               | false",
                "',;,'                                            | false",
            })
    void theTypeThatIsAskedForByNameIsPreferred(String accept, boolean csv) {
        assertThat(accepts(accept).prefers("text/csv", "application/json")).isEqualTo(csv);
    }

    @ParameterizedTest(name = "{0} asks for HTML: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8 | true",
                "text/html, text/plain;q=0.5                                                | true",
                "text/plain, text/html                                                      | false",
                "*/*                                                                        | false",
                "application/json, text/plain, */*                                          | false",
            })
    void aBrowserAsksForHtml(String accept, boolean html) {
        assertThat(accepts(accept).prefers("text/html", "text/plain")).isEqualTo(html);
    }

    @Test
    void severalHeadersAreOne() {
        assertThat(accepts("application/json;q=0.5", "text/csv").prefers("text/csv", "application/json"))
                .isTrue();
    }

    @Test
    void whoSaysNothingDoesNotCare() {
        assertThat(Accepts.of(null).prefers("text/csv", "application/json")).isFalse();
        assertThat(Accepts.of(null).names("gzip")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"gzip | true", "deflate, GZIP;q=0.5 | true", "gzip;q=0 | false", "* | false", "gzipped | false"})
    void aCodingIsAcceptedByItsName(String header, boolean accepted) {
        assertThat(accepts(header).names("gzip")).isEqualTo(accepted);
    }

    private static Accepts accepts(String... headers) {
        var map = new HeaderMap();
        for (String header : headers) {
            map.add(Headers.ACCEPT, header);
        }
        return Accepts.of(map.get(Headers.ACCEPT));
    }
}
