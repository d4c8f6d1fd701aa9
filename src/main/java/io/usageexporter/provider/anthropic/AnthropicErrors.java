package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Errors in the format of Anthropic's API, for responses that are not the provider's own. */
public final class AnthropicErrors {
    /** Errors that last until the month ends, since a limit on money is reached. */
    public static final List<String> SPEND_LIMIT_REACHED =
            List.of("enforced_spend_limit_reached", "contract_spend_limit_reached", "ramp_limit_exceeded");

    static final String ERROR = "error";
    /** Stands for an error without a name that is fit. */
    static final String UNNAMED = "other";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,59}");

    private AnthropicErrors() {}

    /** Whether a successful response holds an error instead. */
    static boolean isError(JsonNode answer) {
        JsonNode error = answer.path(ERROR);
        return answer.path("type").asText().equals(ERROR)
                || (!answer.path("usage").isObject()
                        && (error.isObject() || !error.asText("").isEmpty()));
    }

    /** The name of a response's error: the code in its details where there is one, else its type; null if neither is. */
    static @Nullable String name(JsonNode answer) {
        JsonNode error = answer.path(ERROR);
        String code = error.path("details").path("error_code").asText();
        String name = code.isEmpty() ? error.path("type").asText() : code;
        return NAME.matcher(name).matches() ? name : null;
    }

    /**
     * The body of an error, as JSON. It has no request id, since the provider saw no request.
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
