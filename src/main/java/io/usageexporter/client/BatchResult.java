package io.usageexporter.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.httpclient.RetryAfter;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the response to a batch means for its events. */
sealed interface BatchResult {
    /** All events are recorded, now or earlier. */
    record Recorded() implements BatchResult {}

    /**
     * No event is recorded because some are invalid; the others can be sent without them.
     *
     * @param events the reasons, by index; not empty
     * @param isConflict whether their ids were recorded before with other content
     */
    record Rejected(Map<Integer, String> events, boolean isConflict) implements BatchResult {}

    /** No event is recorded; smaller batches are needed to find the cause. */
    record Split() implements BatchResult {}

    /**
     * The batch may not be recorded, and can be sent again.
     *
     * @param after the delay that the exporter requested
     * @param needsIntervention whether retrying is unlikely to help until someone fixes the setup
     * @param why the reason, for the log
     */
    record Retry(@Nullable Duration after, boolean needsIntervention, String why) implements BatchResult {}

    ObjectMapper JSON = new ObjectMapper();

    /**
     * Interprets the response.
     *
     * @param events the number in the batch, at least one
     */
    static BatchResult of(HttpResponse<String> response, int events, Instant now) {
        int status = response.statusCode();
        if (status == 200 && json(response).path("recorded").isNumber()) {
            return new Recorded();
        }
        if (status == 413) {
            return events > 1 ? new Split() : new Rejected(Map.of(0, "it is larger than the server allows"), false);
        }
        if ((status == 400 || status == 409) && isProblem(response)) {
            return rejected(json(response), events, status == 409);
        }
        boolean isTransient = status >= 500 || status == 429 || status == 408;
        return new Retry(RetryAfter.of(response.headers(), now), !isTransient, ErrorMessages.of(response));
    }

    private static BatchResult rejected(JsonNode problem, int events, boolean isConflict) {
        var faults = new TreeMap<Integer, String>();
        for (JsonNode error : problem.path("errors")) {
            int index = error.path("index").asInt(-1);
            if (index >= 0 && index < events) {
                faults.put(index, error.path("detail").asText());
            }
        }
        if (faults.isEmpty() && events > 1) {
            return new Split();
        }
        if (faults.isEmpty()) {
            faults.put(0, problem.path("detail").asText());
        }
        return new Rejected(faults, isConflict);
    }

    /** A proxy may have responded instead, which knows nothing of events. */
    private static boolean isProblem(HttpResponse<String> response) {
        return response.headers().firstValue("Content-Type").orElse("").startsWith("application/problem+json");
    }

    private static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }
}
