package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook announces: a run, and perhaps its figures. Immutable.
 *
 * @param runId null for an event that does not concern a run
 * @param run as of the event, which may have happened days ago; null if the payload lacks it
 */
public record WebhookPayload(
        @Nullable String runId, @Nullable Run run) {
    private static final WebhookPayload NOTHING = new WebhookPayload(null, null);
    private static final String RUN_EVENT = "ACTOR.RUN.";
    private static final String BUILD_EVENT = "ACTOR.BUILD.";

    /** JSON pointers to the run's id, including those of custom payload templates. */
    private static final List<String> ID_POINTERS = List.of(
            "/eventData/actorRunId",
            "/resource/id",
            "/resource/data/id",
            "/data/id",
            "/runId",
            "/run_id",
            "/actorRunId",
            "/data/runId",
            "/id");

    /** Fields that runs have and builds lack. */
    private static final List<String> RUN_FIELDS = List.of("buildId", "defaultDatasetId", "defaultKeyValueStoreId");

    /** Not a payload. The message is for the sender, and does not repeat the body. */
    public static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1L;

        private InvalidException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Reads a payload: Apify's default one, or any JSON object with a run's id.
     *
     * @throws InvalidException with the allowed payloads
     */
    public static WebhookPayload read(byte[] body) throws InvalidException {
        JsonNode node = ApifyJson.parse(body, body.length);
        if (node == null || !node.isObject()) {
            throw new InvalidException("the body must be a JSON object; " + allowed());
        }
        String event = ApifyJson.text(node.path("eventType"));
        if (event != null && (event.equals("TEST") || event.startsWith(BUILD_EVENT))) {
            return NOTHING;
        }
        String id = runId(node);
        if (id == null) {
            throw new InvalidException("the body has no run id; " + allowed());
        }
        Run run = run(node, event);
        return new WebhookPayload(id, run != null && run.id().equals(id) ? run : null);
    }

    /** The run itself: the resource of a run's event, or an object with the fields of a run, as Apify's API returns it. */
    private static @Nullable Run run(JsonNode node, @Nullable String event) {
        if (event != null) {
            return event.startsWith(RUN_EVENT) ? Run.read(node.path("resource")) : null;
        }
        JsonNode inner = ApifyJson.unwrapped(node.path("resource").isObject() ? node.path("resource") : node);
        boolean isRun = inner.path("status").isTextual() && RUN_FIELDS.stream().anyMatch(inner::has);
        return isRun ? Run.read(inner) : null;
    }

    private static @Nullable String runId(JsonNode node) {
        for (String pointer : ID_POINTERS) {
            String id = ApifyJson.id(node.at(pointer));
            if (id != null) {
                return id;
            }
        }
        return null;
    }

    private static String allowed() {
        return "allowed are Apify's default payload, a run as returned by Apify's API, or a custom payload with the run's id"
                + " (up to 64 letters and digits) as runId, run_id, actorRunId, eventData.actorRunId, resource.id, data.id or id";
    }
}
