package io.usageexporter.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the answer to a batch means for its events. */
sealed interface BatchResult {
    /** All of it is recorded, by now or before. */
    record Recorded() implements BatchResult {}

    /**
     * None of it is recorded, because of some of its events. The others are welcome without them.
     *
     * @param events why, by index; not empty
     * @param counted whether it is because events of their ids are recorded already, with other content
     */
    record Refused(Map<Integer, String> events, boolean counted) implements BatchResult {}

    /** None of it is recorded, and smaller batches will tell because of which events. */
    record Split() implements BatchResult {}

    /**
     * It is not known to be recorded; the same batch may succeed later.
     *
     * @param after how long the exporter asks to wait
     * @param mendable whether time alone will hardly help
     * @param why for the log
     */
    record Later(@Nullable Duration after, boolean mendable, String why) implements BatchResult {}

    ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads the answer.
     *
     * @param events of the batch, at least one
     */
    static BatchResult of(HttpResponse<String> answer, int events, Instant now) {
        int status = answer.statusCode();
        if (status == 200 && json(answer).path("recorded").isNumber()) {
            return new Recorded();
        }
        if (status == 413) {
            return events > 1 ? new Split() : new Refused(Map.of(0, "it is larger than the server allows"), false);
        }
        if ((status == 400 || status == 409) && isProblem(answer)) {
            return refused(json(answer), events, status == 409);
        }
        boolean passing = status >= 500 || status == 429 || status == 408;
        return new Later(retryAfter(answer, now), !passing, ErrorMessages.of(answer));
    }

    private static BatchResult refused(JsonNode problem, int events, boolean counted) {
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
        return new Refused(faults, counted);
    }

    /** Others than the exporter may be in the way, and know nothing of events. */
    private static boolean isProblem(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Type").orElse("").startsWith("application/problem+json");
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }

    /** Seconds or a date. */
    private static @Nullable Duration retryAfter(HttpResponse<String> answer, Instant now) {
        String value = answer.headers().firstValue("Retry-After").orElse("").strip();
        if (value.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            Instant then = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return then.isBefore(now) ? Duration.ZERO : Duration.between(now, then);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
