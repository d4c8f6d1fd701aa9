package io.usageexporter.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

/** Apify on 127.0.0.1: runs, actors and an account. Thread-safe. */
public final class FakeApify implements AutoCloseable {
    /** The only token that may read the account and lists of runs. */
    public static final String TOKEN = "apify_api_SECRET-token";

    private static final Pattern RUN = Pattern.compile("/v2/actor-runs/([^/]+)");
    private static final Pattern ACTOR = Pattern.compile("/v2/actors/([^/]+)");
    private static final Pattern RUNS = Pattern.compile("/v2/actor-runs|/v2/(?:actors|actor-tasks)/([^/]+)/runs");
    private static final Pattern PARAMETER = Pattern.compile("([^?&=]+)=([^&]*)");

    private final FakeProvider provider = new FakeProvider();
    private final Map<String, ObjectNode> runs = new ConcurrentHashMap<>();
    private final Map<String, String> actors = new ConcurrentHashMap<>();
    private final Set<String> privateActors = ConcurrentHashMap.newKeySet();
    private final Map<String, String> listings = new ConcurrentHashMap<>();
    private volatile String limits = Samples.text("apify/users-me-limits.json");
    private volatile int pageSize = 1000;
    private volatile String monthly = Samples.text("apify/users-me-usage-monthly.json");

    public FakeApify() throws IOException {
        recover();
    }

    /** Adds the run of a sample, or replaces an earlier state of it. */
    public FakeApify addSample(String sample) {
        return addRun(Samples.text("apify/" + sample));
    }

    /** Adds a run, or replaces an earlier state of it. */
    public FakeApify addRun(String json) {
        JsonNode node = TestExporter.json(json);
        JsonNode run = node.has("data") ? node.get("data") : node;
        runs.put(run.get("id").textValue(), (ObjectNode) run);
        return this;
    }

    public FakeApify addActor(String id, String username, String name) {
        actors.put(
                id, "{\"data\":{\"id\":\"" + id + "\",\"username\":\"" + username + "\",\"name\":\"" + name + "\"}}");
        return this;
    }

    /** Adds an actor that only the token may read. */
    public FakeApify addPrivateActor(String id, String username, String name) {
        privateActors.add(id);
        return addActor(id, username, name);
    }

    /** Lists the runs of an actor under another name of it, or under a task. */
    public FakeApify addListing(String name, String actId) {
        listings.put(name, actId);
        return this;
    }

    /** Sets the maximum number of runs on a page. */
    public void setPageSize(int runs) {
        pageSize = runs;
    }

    /** Sets the response of the account's limits. */
    public void setLimits(String json) {
        limits = json;
    }

    /** Sets the response of the account's usage by day. */
    public void setMonthlyUsage(String json) {
        monthly = json;
    }

    /** A run with these figures only; a run that has ended lasted a minute. */
    public static String run(String id, String actId, String status, String startedAt, @Nullable String units) {
        boolean ended = !status.equals("RUNNING") && !status.equals("READY");
        String finishedAt =
                ended ? '"' + Instant.parse(startedAt).plusSeconds(60).toString() + '"' : "null";
        return "{\"id\":\"" + id + "\",\"actId\":\"" + actId + "\",\"status\":\"" + status + "\",\"startedAt\":\""
                + startedAt + "\",\"finishedAt\":" + finishedAt + ",\"stats\":{\"computeUnits\":" + units + "}}";
    }

    private FakeResponse respond(FakeExchange exchange) {
        String path = exchange.path();
        Matcher run = RUN.matcher(path);
        Matcher actor = ACTOR.matcher(path);
        Matcher list = RUNS.matcher(path);
        String authorization = exchange.header("authorization");
        boolean isAllowed = ("Bearer " + TOKEN).equals(authorization);
        if (authorization != null && !isAllowed) {
            return FakeResponse.json(401, Samples.text("apify/error-401.json"));
        }
        if (run.matches()) {
            JsonNode found = runs.get(run.group(1));
            return found(found == null ? null : "{\"data\":" + found + "}");
        }
        if (actor.matches()) {
            boolean isHidden = privateActors.contains(actor.group(1)) && !isAllowed;
            return found(isHidden ? null : actors.get(actor.group(1)));
        }
        if (!isAllowed) {
            return FakeResponse.json(401, Samples.text("apify/error-401.json"));
        }
        if (list.matches()) {
            return found(list(list.group(1), exchange.target().substring(path.length())));
        }
        return found(
                switch (path) {
                    case "/v2/users/me/limits" -> limits;
                    case "/v2/users/me/usage/monthly" -> monthly;
                    default -> null;
                });
    }

    private static FakeResponse found(@Nullable String json) {
        return json == null
                ? FakeResponse.json(404, "{\"error\":{\"type\":\"record-not-found\",\"message\":\"no such thing\"}}")
                : FakeResponse.json(200, json);
    }

    /** A list of runs, without their figures. */
    private String list(@Nullable String owner, String query) {
        var parameters = new HashMap<String, String>();
        Matcher matcher = PARAMETER.matcher(query);
        while (matcher.find()) {
            parameters.put(matcher.group(1), matcher.group(2));
        }
        Instant after = Instant.parse(parameters.get("startedAfter"));
        int offset = Integer.parseInt(parameters.get("offset"));
        int limit = Math.min(pageSize, Integer.parseInt(parameters.get("limit")));
        String actId = owner == null ? null : listings.getOrDefault(owner, owner);
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

    /** Responds to every request with this, until {@link #recover}. */
    public void fail(FakeResponse response) {
        provider.on(exchange -> true, response);
    }

    /** Responds as Apify again. */
    public void recover() {
        provider.on(exchange -> true, this::respond);
    }

    /** The provider, for other responses and for what it received. */
    public FakeProvider provider() {
        return provider;
    }

    /** The targets of all requests, in order. */
    public List<String> targets() {
        return provider.targets();
    }

    /** The number of requests for a path. */
    public long requests(String path) {
        return provider.exchanges().stream()
                .filter(exchange -> exchange.path().equals(path))
                .count();
    }

    public URI uri() {
        return URI.create(provider.url());
    }

    @Override
    public void close() throws IOException {
        provider.close();
    }
}
