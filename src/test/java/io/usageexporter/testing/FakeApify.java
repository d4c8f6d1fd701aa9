package io.usageexporter.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Apify, as far as its runs, actors and an account go, on this machine. Thread-safe. */
public final class FakeApify implements AutoCloseable {
    /** The one token that may read the account and lists of runs. */
    public static final String TOKEN = "apify_api_SECRET-token";

    private static final Pattern RUN = Pattern.compile("/v2/actor-runs/([^/]+)");
    private static final Pattern ACTOR = Pattern.compile("/v2/actors/([^/]+)");
    private static final Pattern RUNS = Pattern.compile("/v2/actor-runs|/v2/(?:actors|actor-tasks)/([^/]+)/runs");
    private static final Pattern PARAMETER = Pattern.compile("([^&=]+)=([^&]*)");

    private final FakeApi api;
    private final Map<String, ObjectNode> runs = new ConcurrentHashMap<>();
    private final Map<String, String> actors = new ConcurrentHashMap<>();
    private final Set<String> hiddenActors = ConcurrentHashMap.newKeySet();
    private final Map<String, String> owners = new ConcurrentHashMap<>();
    private volatile String limits = Samples.text("apify/users-me-limits.json");
    private volatile int pageSize = 1000;
    private volatile String monthly = Samples.text("apify/users-me-usage-monthly.json");

    public FakeApify() throws IOException {
        api = new FakeApi(this::answer);
    }

    /** Has a run as it is in a sample. */
    public FakeApify has(String sample) {
        return hasRun(Samples.text("apify/" + sample));
    }

    /** Has a run, in place of an earlier state of it. */
    public FakeApify hasRun(String json) {
        JsonNode node = TestExporter.json(json);
        JsonNode run = node.has("data") ? node.get("data") : node;
        runs.put(run.get("id").textValue(), (ObjectNode) run);
        return this;
    }

    /** Has a run no more. */
    public void hasNot(String id) {
        runs.remove(id);
    }

    /** Has an actor. */
    public FakeApify hasActor(String id, String username, String name) {
        actors.put(
                id, "{\"data\":{\"id\":\"" + id + "\",\"username\":\"" + username + "\",\"name\":\"" + name + "\"}}");
        return this;
    }

    /** Has an actor that only the token may see. */
    public FakeApify hasPrivateActor(String id, String username, String name) {
        hiddenActors.add(id);
        return hasActor(id, username, name);
    }

    /** The runs of this actor are listed under a name, also a task's. */
    public FakeApify listsUnder(String path, String actId) {
        owners.put(path, actId);
        return this;
    }

    /** Lists no more runs at a time. */
    public void listsAtOnce(int runs) {
        pageSize = runs;
    }

    /** Answers this on limits. */
    public void tellsLimits(String json) {
        limits = json;
    }

    /** Answers this on use by day. */
    public void tellsMonthly(String json) {
        monthly = json;
    }

    /** A made run of no other figures. */
    public static String run(String id, String actId, String status, String startedAt, @Nullable String units) {
        boolean ended = !status.equals("RUNNING") && !status.equals("READY");
        String finishedAt =
                ended ? '"' + Instant.parse(startedAt).plusSeconds(60).toString() + '"' : "null";
        return "{\"id\":\"" + id + "\",\"actId\":\"" + actId + "\",\"status\":\"" + status + "\",\"startedAt\":\""
                + startedAt + "\",\"finishedAt\":" + finishedAt + ",\"stats\":{\"computeUnits\":" + units + "}}";
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        Matcher run = RUN.matcher(path);
        Matcher actor = ACTOR.matcher(path);
        Matcher list = RUNS.matcher(path);
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        boolean allowed = ("Bearer " + TOKEN).equals(authorization);
        if (authorization != null && !allowed) {
            FakeApi.answer(401, Samples.text("apify/error-401.json"), Map.of()).with(exchange);
        } else if (run.matches()) {
            JsonNode found = runs.get(run.group(1));
            found(exchange, found == null ? null : "{\"data\":" + found + "}");
        } else if (actor.matches()) {
            boolean hidden = hiddenActors.contains(actor.group(1)) && !allowed;
            found(exchange, hidden ? null : actors.get(actor.group(1)));
        } else if (!allowed) {
            FakeApi.answer(401, Samples.text("apify/error-401.json"), Map.of()).with(exchange);
        } else if (list.matches()) {
            found(exchange, list(list.group(1), exchange.getRequestURI().getQuery()));
        } else if (path.equals("/v2/users/me/limits")) {
            found(exchange, limits);
        } else if (path.equals("/v2/users/me/usage/monthly")) {
            found(exchange, monthly);
        } else {
            found(exchange, null);
        }
    }

    private static void found(HttpExchange exchange, @Nullable String json) throws IOException {
        String missing = "{\"error\":{\"type\":\"record-not-found\",\"message\":\"no such thing\"}}";
        (json == null ? FakeApi.answer(404, missing, Map.of()) : FakeApi.json(json)).with(exchange);
    }

    /** As a list shows runs: without their figures. */
    private String list(@Nullable String owner, String query) {
        var parameters = new HashMap<String, String>();
        Matcher matcher = PARAMETER.matcher(query);
        while (matcher.find()) {
            parameters.put(matcher.group(1), matcher.group(2));
        }
        Instant after = Instant.parse(parameters.get("startedAfter"));
        int offset = Integer.parseInt(parameters.get("offset"));
        int limit = Math.min(pageSize, Integer.parseInt(parameters.get("limit")));
        String actId = owner == null ? null : owners.getOrDefault(owner, owner);
        List<ObjectNode> all = runs.values().stream()
                .filter(run -> actId == null || actId.equals(run.path("actId").textValue()))
                .filter(run -> startedAt(run).isAfter(after))
                .sorted(Comparator.comparing(FakeApify::startedAt).reversed())
                .toList();
        String items = String.join(
                ",",
                all.stream()
                        .skip(offset)
                        .limit(limit)
                        .map(run -> run.deepCopy()
                                .without(List.of("stats", "usage", "usageUsd"))
                                .toString())
                        .toList());
        return "{\"data\":{\"total\":" + all.size() + ",\"offset\":" + offset + ",\"limit\":" + limit
                + ",\"desc\":true,\"items\":[" + items + "]}}";
    }

    private static Instant startedAt(JsonNode run) {
        return Instant.parse(run.get("startedAt").textValue());
    }

    /** Answers as itself again. */
    public void answersAgain() {
        api.otherwise(this::answer);
    }

    /** To tell it what to do otherwise. */
    public FakeApi api() {
        return api;
    }

    /** How often something was asked for. */
    public long asked(String path) {
        return api.targets().stream()
                .map(target -> target.replaceFirst("\\?.*", ""))
                .filter(path::equals)
                .count();
    }

    public URI uri() {
        return api.uri();
    }

    @Override
    public void close() {
        api.close();
    }
}
