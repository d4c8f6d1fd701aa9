package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.ProviderHttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is asked of Apify's API. Each method takes the credential, a header's value, or null for none. Thread-safe. */
final class ApifyApi {
    private static final String RUNS = "/v2/actor-runs";

    /** A caller may wait for the name of an actor. */
    private static final Duration ACTOR_TIMEOUT = Duration.ofSeconds(10);

    private final ProviderHttpClient api;

    ApifyApi(ProviderHttpClient api) {
        this.api = api;
    }

    /** One run, with its figures. */
    Run run(String id, @Nullable String authorization) throws ProviderException, InterruptedException {
        String path = RUNS + "/" + id;
        Run run = Run.read(api.get(path, headers(authorization)));
        if (run == null || !run.id().equals(id)) {
            throw ProviderException.failed(path, "the answer is not this run");
        }
        return run;
    }

    /** A page of all runs of the account, the newest first and without their figures. */
    RunPage runs(Instant startedAfter, int offset, @Nullable String authorization)
            throws ProviderException, InterruptedException {
        return page(RUNS, startedAfter, offset, authorization);
    }

    /** The newest runs of an actor or a task. */
    RunPage runsOf(String actor, boolean isTask, Instant startedAfter, @Nullable String authorization)
            throws ProviderException, InterruptedException {
        return page((isTask ? "/v2/actor-tasks/" : "/v2/actors/") + actor + "/runs", startedAfter, 0, authorization);
    }

    private RunPage page(String path, Instant startedAfter, int offset, @Nullable String authorization)
            throws ProviderException, InterruptedException {
        String query = "?desc=1&limit=" + RunPage.LIMIT + "&offset=" + offset + "&startedAfter=" + startedAfter;
        JsonNode answer = api.get(path + query, headers(authorization));
        if (!answer.at("/data/items").isArray()) {
            throw ProviderException.failed(path, "the answer is no list of runs");
        }
        return RunPage.read(answer);
    }

    /** What an actor is called. */
    Actor actor(String actId, @Nullable String authorization) throws ProviderException, InterruptedException {
        String path = "/v2/actors/" + actId;
        Actor actor = Actor.read(api.get(path, headers(authorization), ACTOR_TIMEOUT));
        if (actor == null) {
            throw ProviderException.failed(path, "the answer holds no name");
        }
        return actor;
    }

    /** The limits and the usage of the account. */
    Account account(@Nullable String authorization) throws ProviderException, InterruptedException {
        String path = "/v2/users/me/limits";
        JsonNode answer = api.get(path, headers(authorization));
        if (!answer.at("/data/limits").isObject()) {
            throw ProviderException.failed(path, "the answer holds no limits");
        }
        return Account.read(answer);
    }

    /** What the account has used, by day. */
    JsonNode monthlyUse(@Nullable String authorization) throws ProviderException, InterruptedException {
        String path = "/v2/users/me/usage/monthly";
        JsonNode answer = api.get(path, headers(authorization));
        if (!answer.at("/data/dailyServiceUsages").isArray()) {
            throw ProviderException.failed(path, "the answer holds no days");
        }
        return answer;
    }

    private static Map<String, String> headers(@Nullable String authorization) {
        return authorization == null ? Map.of() : Map.of("Authorization", authorization);
    }
}
