package io.usageexporter.provider.apify;

import io.usageexporter.provider.wire.PercentDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The operation of a request to Apify's API. Immutable.
 *
 * @param consumesQuota whether it starts a run
 * @param actor the actor or task in the path, decoded and safe in a path: an id, {@code user~name} or {@code ~name}; null
 *     if there is none
 * @param isTask whether {@code actor} is a task
 */
record ApifyOperation(
        Kind kind, boolean consumesQuota, @Nullable String actor, boolean isTask) {
    private static final ApifyOperation OTHER = new ApifyOperation(Kind.OTHER, false, null, false);
    private static final Set<String> SYNC = Set.of("run-sync", "run-sync-get-dataset-items");
    private static final Set<String> RUN_ACTIONS = Set.of("abort", "resurrect", "metamorph", "reboot");
    private static final String RESURRECT = "resurrect";
    private static final Pattern ACTOR = Pattern.compile("[A-Za-z0-9._-]{0,100}~?[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

    /** What the response contains. */
    public enum Kind {
        /** Starts a run and responds with it. */
        START_RUN,
        /** Starts a run and responds with its output; the run itself must be looked up. */
        SYNC_RUN,
        /** Responds with a run. */
        RUN,
        /** Responds without a run. */
        OTHER
    }

    /**
     * Recognizes a request.
     *
     * @param path below the API's base URL, as received, percent-encoded
     * @param query as received, without the question mark; null or empty for none. It may turn a GET into a POST
     */
    public static ApifyOperation of(String method, String path, @Nullable String query) {
        List<String> parts = parts(path);
        String effective = method.equals("GET") ? overridden(query) : method;
        if (parts.size() < 3 || !parts.get(0).equalsIgnoreCase("v2")) {
            return OTHER;
        }
        return switch (parts.get(1).toLowerCase(Locale.ROOT)) { // case-insensitive, as in the API
            case "actors", "acts" -> ofActor(effective, parts, false);
            case "actor-tasks" -> ofActor(effective, parts, true);
            case "actor-runs" -> ofRun(effective, parts.subList(3, parts.size()), null, false);
            default -> OTHER;
        };
    }

    private static ApifyOperation ofActor(String method, List<String> parts, boolean isTask) {
        String actor = parts.get(2).replaceFirst("/", "~");
        if (parts.size() < 4 || !ACTOR.matcher(actor).matches()) {
            return OTHER;
        }
        boolean isPost = method.equals("POST");
        String what = parts.get(3).toLowerCase(Locale.ROOT);
        if (parts.size() == 4 && SYNC.contains(what) && (isPost || method.equals("GET"))) {
            return new ApifyOperation(Kind.SYNC_RUN, true, actor, isTask);
        }
        if (!what.equals("runs")) {
            return OTHER;
        }
        if (parts.size() == 4) {
            return isPost ? new ApifyOperation(Kind.START_RUN, true, actor, isTask) : OTHER;
        }
        return ofRun(method, parts.subList(5, parts.size()), actor, isTask);
    }

    /** @param rest of the path after the run's id */
    private static ApifyOperation ofRun(String method, List<String> rest, @Nullable String actor, boolean isTask) {
        if (rest.isEmpty() && (method.equals("GET") || method.equals("PUT"))) {
            return new ApifyOperation(Kind.RUN, false, actor, isTask);
        }
        String action = rest.size() == 1 ? rest.get(0).toLowerCase(Locale.ROOT) : "";
        if (method.equals("POST") && RUN_ACTIONS.contains(action)) {
            return new ApifyOperation(Kind.RUN, action.equals(RESURRECT), actor, isTask);
        }
        return OTHER;
    }

    private static String overridden(@Nullable String query) {
        if (query != null) {
            for (String parameter : query.split("&", -1)) {
                if ("method=POST".equalsIgnoreCase(PercentDecoder.decode(parameter))) {
                    return "POST";
                }
            }
        }
        return "GET";
    }

    /** The decoded segments without a trailing slash; none if the path cannot be decoded. */
    private static List<String> parts(String path) {
        var parts = new ArrayList<String>();
        String inner = path.startsWith("/") ? path.substring(1) : path;
        for (String part : inner.replaceFirst("/$", "").split("/", -1)) {
            String decoded = PercentDecoder.decode(part);
            if (decoded == null) {
                return List.of();
            }
            parts.add(decoded);
        }
        return parts;
    }
}
