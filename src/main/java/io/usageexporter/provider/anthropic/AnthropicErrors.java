package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Errors in the format of Anthropic's API, for responses that are not the provider's own. */
public final class AnthropicErrors {
    /** Errors that last until the end of the month, because a spend limit is reached. */
    public static final List<String> SPEND_LIMIT_REACHED =
            List.of("enforced_spend_limit_reached", "contract_spend_limit_reached", "ramp_limit_exceeded");

    static final String ERROR = "error";
    /** Stands for errors without a valid name. */
    static final String UNNAMED = "other";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,59}");

    private AnthropicErrors() {}

    /** Whether a response of status 2xx is an error. */
    static boolean isError(JsonNode response) {
        JsonNode error = response.path(ERROR);
        return response.path("type").asText().equals(ERROR)
                || (!response.path("usage").isObject()
                        && (error.isObject() || !error.asText("").isEmpty()));
    }

    /** The name of an error: the code in its details, else its type; null if neither is valid. */
    static @Nullable String name(JsonNode response) {
        JsonNode error = response.path(ERROR);
        String code = error.path("details").path("error_code").asText();
        String name = code.isEmpty() ? error.path("type").asText() : code;
        return NAME.matcher(name).matches() ? name : null;
    }

    /**
     * The body of an error, as JSON. There is no request id, since the request did not reach the provider.
     *
     * @param type as the provider names it, such as {@code rate_limit_error}
     * @param message for people
     */
    public static String of(String type, String message) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("type", "error");
        body.putObject(ERROR).put("type", type).put("message", message);
        return body.putNull("request_id").toString();
    }
}
