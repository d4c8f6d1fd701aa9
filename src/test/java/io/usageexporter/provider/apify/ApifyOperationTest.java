package io.usageexporter.provider.apify;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.provider.apify.ApifyOperation.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApifyOperationTest {
    private static ApifyOperation call(String method, String path) {
        return ApifyOperation.of(method, path, null);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v2/actors/apify~instagram-scraper/runs,     apify~instagram-scraper, false",
        "POST, /v2/acts/apify~instagram-scraper/runs,       apify~instagram-scraper, false",
        "POST, /v2/acts/apify%7Einstagram-scraper/runs,     apify~instagram-scraper, false",
        "POST, /v2/acts/apify%2Finstagram-scraper/runs,     apify~instagram-scraper, false",
        "POST, /v2/actors/shu8hvrXbJbY3Eb9W/runs,           shu8hvrXbJbY3Eb9W,       false",
        "POST, /v2/actors/~my-scraper/runs,                 ~my-scraper,             false",
        "POST, /v2/actors/j.doe_1~my-scraper/runs/,         j.doe_1~my-scraper,      false",
        "POST, /v2/actor-tasks/acme~profiles/runs,          acme~profiles,           true"
    })
    void recognizesCallsThatStartARun(String method, String path, String actor, boolean isTask) {
        assertThat(call(method, path)).isEqualTo(new ApifyOperation(Kind.START_RUN, true, actor, isTask));
    }

    @ParameterizedTest
    @ValueSource(strings = {"run-sync", "run-sync-get-dataset-items"})
    void recognizesCallsThatWaitForARun(String what) {
        for (String method : new String[] {"GET", "POST"}) {
            assertThat(call(method, "/v2/acts/apify~instagram-scraper/" + what))
                    .isEqualTo(new ApifyOperation(Kind.SYNC_RUN, true, "apify~instagram-scraper", false));
            assertThat(call(method, "/v2/actor-tasks/Ta0SampleTask0001/" + what))
                    .isEqualTo(new ApifyOperation(Kind.SYNC_RUN, true, "Ta0SampleTask0001", true));
        }
        assertThat(call("HEAD", "/v2/acts/apify~instagram-scraper/" + what).kind())
                .isEqualTo(Kind.OTHER);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /v2/actor-runs/Rn0SampleRunId001,                              false",
        "PUT,  /v2/actor-runs/Rn0SampleRunId001,                              false",
        "GET,  /v2/actors/apify~instagram-scraper/runs/Rn0SampleRunId001,     false",
        "GET,  /v2/acts/apify~instagram-scraper/runs/last,                    false",
        "GET,  /v2/actor-tasks/acme~profiles/runs/last,                       false",
        "POST, /v2/actor-runs/Rn0SampleRunId001/abort,                        false",
        "POST, /v2/acts/apify~instagram-scraper/runs/Rn0SampleRunId001/abort, false",
        "POST, /v2/actor-runs/Rn0SampleRunId001/metamorph,                    false",
        "POST, /v2/actor-runs/Rn0SampleRunId001/reboot,                       false",
        "POST, /v2/actor-runs/Rn0SampleRunId001/resurrect,                    true",
        "POST, /v2/acts/apify~x/runs/Rn0SampleRunId001/resurrect,             true"
    })
    void recognizesCallsThatRespondWithARun(String method, String path, boolean consumesQuota) {
        ApifyOperation call = call(method, path);

        assertThat(call.kind()).isEqualTo(Kind.RUN);
        assertThat(call.consumesQuota()).isEqualTo(consumesQuota);
    }

    @ParameterizedTest
    @CsvSource({
        "POST,   /v2/v2/actors/apify~instagram-scraper/runs",
        "POST,   /actors/apify~instagram-scraper/runs",
        "POST,   /v2/actors/apify~instagram-scraper/builds",
        "GET,    /v2/actors/apify~instagram-scraper",
        "GET,    /v2/actors/apify~instagram-scraper/runs",
        "GET,    /v2/actors",
        "GET,    /v2/actor-runs",
        "DELETE, /v2/actor-runs/Rn0SampleRunId001",
        "GET,    /v2/actor-runs/Rn0SampleRunId001/log",
        "GET,    /v2/actor-runs/Rn0SampleRunId001/dataset/items",
        "GET,    /v2/acts/apify~instagram-scraper/runs/last/dataset/items",
        "GET,    /v2/actor-runs/Rn0SampleRunId001/abort",
        "POST,   /v2/actor-runs/Rn0SampleRunId001/charge",
        "POST,   /v2/datasets/Ds0SampleData0001/items",
        "POST,   /v2/actors/../runs",
        "POST,   /v2/actors/%2E%2E/runs",
        "POST,   /v2/actors/a%20b/runs",
        "POST,   /v2/actors/a%zz/runs",
        "POST,   /v2/actors/a%2/runs",
        "POST,   /v2/actors/a~b~c/runs",
        "POST,   //v2/actors/apify~x/runs",
        "POST,   /v2/actors//runs",
        "GET,    /",
        "GET,    /v2/users/me/limits"
    })
    void ignoresOtherCalls(String method, String path) {
        assertThat(call(method, path)).isEqualTo(new ApifyOperation(Kind.OTHER, false, null, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"method=POST", "token=x&method=POST&memory=1024", "method=post", "meth%6Fd=%50OST"})
    void treatsGetWithMethodPostAsPost(String query) {
        assertThat(ApifyOperation.of("GET", "/v2/acts/apify~x/runs", query).kind())
                .isEqualTo(Kind.START_RUN);
        assertThat(ApifyOperation.of("GET", "/v2/actor-runs/Rn1/resurrect", query)
                        .consumesQuota())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "method=GET", "xmethod=POST", "method=POSTS", "method", "%"})
    void ignoresOtherQueries(@Nullable String query) {
        assertThat(ApifyOperation.of("GET", "/v2/acts/apify~x/runs", query).kind())
                .isEqualTo(Kind.OTHER);
    }

    @Test
    void onlyGetCanBecomePost() {
        assertThat(ApifyOperation.of("DELETE", "/v2/acts/apify~x/runs", "method=POST")
                        .kind())
                .isEqualTo(Kind.OTHER);
    }
}
