package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.ProviderHttpClient;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads Apify's API. Each method takes the value of the Authorization header, or null for none. Thread-safe. */
final class ApifyApi {
    private static final String RUNS = "/v2/actor-runs";

    /** Shorter than usual, since runs wait for the name of their actor. */
    private static final Duration ACTOR_TIMEOUT = Duration.ofSeconds(10);

    private final ProviderHttpClient api;

    ApifyApi(ProviderHttpClient api) {
        this.api = api;
    }

    /** One run with its figures. */
    Run run(String id, @Nullable String authorization) throws ProviderException, InterruptedException {
        String path = RUNS + "/" + id;
        Run run = Run.read(api.get(path, headers(authorization)));
        if (run == null || !run.id().equals(id)) {
            throw ProviderException.failed(path, "the response is not this run");
        }
        return run;
    }

    /** A page of the account's runs, newest first and without figures. */
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
        JsonNode response = api.get(path + query, headers(authorization));
        if (!response.at("/data/items").isArray()) {
            throw ProviderException.failed(path, "the response is not a list of runs");
        }
        return RunPage.read(response);
    }

    /** The name of an actor. */
    Actor actor(String actId, @Nullable String authorization) throws ProviderException, InterruptedException {
        String path = "/v2/actors/" + actId;
        Actor actor = Actor.read(api.get(path, headers(authorization), ACTOR_TIMEOUT));
        if (actor == null) {
            throw ProviderException.failed(path, "the response has no name");
        }
        return actor;
    }

    /** The limits and usage of the account. */
    Account account(@Nullable String authorization) throws ProviderException, InterruptedException {
        String path = "/v2/users/me/limits";
        JsonNode response = api.get(path, headers(authorization));
        if (!response.at("/data/limits").isObject()) {
            throw ProviderException.failed(path, "the response has no limits");
        }
        return Account.read(response);
    }

    /** The usage of the account in its billing cycle and on a day. */
    AccountUsage accountUsage(LocalDate day, @Nullable String authorization)
            throws ProviderException, InterruptedException {
        String path = "/v2/users/me/usage/monthly";
        JsonNode response = api.get(path, headers(authorization));
        if (!response.at("/data/dailyServiceUsages").isArray()) {
            throw ProviderException.failed(path, "the response has no days");
        }
        return AccountUsage.read(response, day);
    }

    private static Map<String, String> headers(@Nullable String authorization) {
        return authorization == null ? Map.of() : Map.of("Authorization", authorization);
    }
}
