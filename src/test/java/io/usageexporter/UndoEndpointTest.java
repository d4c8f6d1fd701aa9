package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.ExporterExtension;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UndoEndpointTest {
    private static final String TOKENS = "/used/anthropic/daily/tokens";
    private static final String UNDONE = "usage_exporter_events_undone_total{source=\"api\"}";

    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension();

    private HttpResponse<String> undo(String id) {
        return exporter.http().send("DELETE", "/api/usage/" + id);
    }

    @Test
    void totalsLoseAnUndoneEventAndCountersKeepItAlsoAfterARestart() throws Exception {
        exporter.record(Events.withId("right"));
        exporter.record(Events.withId("wrong"));

        assertThat(undo("wrong").body()).isEqualTo("{\"undone\":1}\n");

        for (int i = 0; i < 2; i++) {
            assertThat(exporter.usage().at(TOKENS).asInt()).isEqualTo(1);
            assertThat(exporter.usage()
                            .at("/breakdown/anthropic/daily/recommendations/tokens")
                            .asInt())
                    .isEqualTo(1);
            assertThat(exporter.http().get("/api/usage/history?days=1").body()).contains("\"tokens\":1");
            assertThat(exporter.metrics()).anySatisfy((series, value) -> {
                assertThat(series).startsWith("api_usage_tokens_total{").contains("recommendations", "unspecified");
                assertThat(value).isEqualByComparingTo("2");
            });
            assertThat(exporter.metric(UNDONE)).isEqualByComparingTo("1");
            exporter.restart();
        }
    }

    @Test
    void undoingAgainChangesNothing() {
        exporter.record(Events.withId("wrong"));
        undo("wrong");

        HttpResponse<String> again = undo("wrong");

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo("{\"undone\":0}\n");
        assertThat(exporter.metric(UNDONE)).isEqualByComparingTo("1");
    }

    @Test
    void repeatOfAnUndoneEventIsADuplicate() {
        exporter.record(Events.withId("wrong"));
        undo("wrong");

        assertThat(exporter.record(Events.withId("wrong")).body()).isEqualTo("{\"recorded\":0,\"duplicates\":1}\n");
        assertThat(exporter.usage().at(TOKENS).asInt()).isZero();
    }

    @Test
    void unknownIdIs404() {
        HttpResponse<String> response = undo("unknown");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(response.body()).contains("no event with this id is in the ledger");
    }

    @ParameterizedTest
    @CsvSource({"a/b c?, a%2Fb%20c%3F", "ü+1, %C3%BC+1", "apify:run~1, apify:run~1", "100%, 100%25"})
    void idIsPercentEncoded(String id, String encoded) {
        exporter.record(Events.withId(id));

        assertThat(undo(encoded).body()).isEqualTo("{\"undone\":1}\n");
    }

    @Test
    void eventOfLastMonthIsUndoneWhereItCounts() throws Exception {
        exporter.record(Events.withId("wrong"));
        String then = exporter.clock().instant().toString();
        exporter.clock().advance(Duration.ofDays(100));
        exporter.restart();
        assertThat(exporter.usageAt(then).at("/used/anthropic/monthly/tokens").asInt())
                .isEqualTo(1);

        assertThat(undo("wrong").body()).isEqualTo("{\"undone\":1}\n");

        assertThat(exporter.usageAt(then).at("/used/anthropic/monthly/tokens").asInt())
                .isZero();
    }

    @Test
    void otherMethodsForAnIdAre405() {
        assertThat(exporter.http().get("/api/usage/some").statusCode()).isEqualTo(405);
    }
}
