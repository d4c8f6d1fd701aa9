package io.usageexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptHeaderTest {
    private static final List<String> HISTORY = List.of("application/json", "text/csv");
    private static final List<String> CODINGS = List.of("identity", "gzip");

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
                "text/csv;q=0, */*                                | false",
                "text/*                                           | true",
                "application/json;q=0                             | true",
                "application/json;q=0.000, */*                    | true",
                "application/*;q=0, */*;q=0.1                     | true",
                "*/*                                              | false",
                "application/json                                 | false",
                "text/html,application/xhtml+xml,*/*;q=0.8        | false",
                "''                                               | false",
                "',;,'                                            | false",
            })
    void exactTypeIsPreferredToAWildcard(String accept, boolean csv) {
        assertThat(accepts(accept).choose(HISTORY)).isEqualTo(csv ? "text/csv" : "application/json");
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
    void browsersPreferHtml(String accept, boolean html) {
        assertThat(accepts(accept).choose(List.of("text/plain", "text/html")))
                .isEqualTo(html ? "text/html" : "text/plain");
    }

    @Test
    void repeatedHeadersAreCombined() {
        assertThat(accepts("application/json;q=0.5", "text/csv").choose(HISTORY))
                .isEqualTo("text/csv");
    }

    @Test
    void withoutAHeaderTheDefaultIsChosen() {
        assertThat(AcceptHeader.of(null).choose(HISTORY)).isEqualTo("application/json");
        assertThat(AcceptHeader.of(null).choose(CODINGS)).isEqualTo("identity");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*;q=0",
                "text/csv;q=0, application/json;q=0",
                "text/csv;q=0, application/*;q=0, image/png",
                "text/csv;q=0.000, */*;q=0",
            })
    void nothingIsChosenWhenAllAreExcluded(String accept) {
        assertThat(accepts(accept).choose(HISTORY)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip                   | gzip",
                "deflate, GZIP;q=0.5    | gzip",
                "gzip, deflate, br      | gzip",
                "identity;q=0           | gzip",
                "identity;q=0, *        | gzip",
                "*;q=0, gzip;q=0.1      | gzip",
                "gzip;q=0               | identity",
                "gzip;q=0, *            | identity",
                "gzip;q=0.5, identity   | identity",
                "*                      | identity",
                "gzipped                | identity",
                "identity, gzip;q=0     | identity",
                "*;q=0                  | ",
                "gzip;q=0, identity;q=0 | ",
                "gzip;q=0, *;q=0        | ",
            })
    void codingIsChosenByWeight(String header, String coding) {
        assertThat(accepts(header).choose(CODINGS)).isEqualTo(coding);
    }

    private static AcceptHeader accepts(String... headers) {
        var map = new HeaderMap();
        for (String header : headers) {
            map.add(Headers.ACCEPT, header);
        }
        return AcceptHeader.of(map.get(Headers.ACCEPT));
    }
}
