package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook announces: a run, and perhaps its figures. Immutable.
 *
 * @param runId null for an event that has nothing to do with runs
 * @param run as it was when the event came about, which may have been days ago; null when the payload does not hold it
 */
public record WebhookPayload(
        @Nullable String runId, @Nullable Run run) {
    private static final WebhookPayload NOTHING = new WebhookPayload(null, null);
    private static final String RUN_EVENT = "ACTOR.RUN.";
    private static final String BUILD_EVENT = "ACTOR.BUILD.";

    /** Where a run's id may be, in a payload of the user's own making. */
    private static final List<String> PLACES = List.of(
            "/eventData/actorRunId",
            "/resource/id",
            "/resource/data/id",
            "/data/id",
            "/runId",
            "/run_id",
            "/actorRunId",
            "/data/runId",
            "/id");

    /** Which only runs have, and builds have not. */
    private static final List<String> OF_A_RUN = List.of("buildId", "defaultDatasetId", "defaultKeyValueStoreId");

    /** A payload that is none. The message is for the sender, and does not repeat what was sent. */
    public static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1L;

        private InvalidException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Reads a payload: Apify's own, or any JSON object that holds a run's id.
     *
     * @throws InvalidException saying what is allowed
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
            throw new InvalidException("the body names no run; " + allowed());
        }
        Run run = run(node, event);
        return new WebhookPayload(id, run != null && run.id().equals(id) ? run : null);
    }

    /** The run itself: the resource of a run's event, or what has all that a run has, as Apify's API returns it. */
    private static @Nullable Run run(JsonNode node, @Nullable String event) {
        if (event != null) {
            return event.startsWith(RUN_EVENT) ? Run.read(node.path("resource")) : null;
        }
        JsonNode inner = ApifyJson.unwrapped(node.path("resource").isObject() ? node.path("resource") : node);
        boolean isRun = inner.path("status").isTextual() && OF_A_RUN.stream().anyMatch(inner::has);
        return isRun ? Run.read(inner) : null;
    }

    private static @Nullable String runId(JsonNode node) {
        for (String place : PLACES) {
            String id = ApifyJson.id(node.at(place));
            if (id != null) {
                return id;
            }
        }
        return null;
    }

    private static String allowed() {
        return "allowed are Apify's default payload, a run as Apify's API answers with it, or one of your own with the run's id (letters and digits, up to 64)"
                + " as runId, run_id, actorRunId, eventData.actorRunId, resource.id, data.id or id";
    }
}
