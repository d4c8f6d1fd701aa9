package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.AnswerReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The calls of Anthropic's API, told apart by what their answers say of use. */
public enum AnthropicCall {
    MESSAGES,
    COUNT_TOKENS,
    /** The legacy text completion. */
    COMPLETE,
    /** Compatible with OpenAI's. */
    CHAT_COMPLETIONS,
    BATCH_CREATE,
    /** Whatever else is done with batches: get, list, cancel, delete. */
    BATCHES,
    BATCH_RESULTS,
    OTHER;

    private static final List<String> BATCHES_PATH = List.of("v1", "messages", "batches");
    /** The path of nearly all calls. */
    private static final String MOST = "/v1/messages";

    private static final String EVENT_STREAM = "text/event-stream";

    /**
     * The call of this request.
     *
     * @param path below the base URL, without the query; empty segments in it do not count
     */
    public static AnthropicCall of(String method, String path) {
        if (path.equals(MOST) && method.equals("POST")) {
            return MESSAGES;
        }
        List<String> segments = segments(path);
        if (segments.size() >= 3 && segments.subList(0, 3).equals(BATCHES_PATH)) {
            return ofBatches(method, segments.subList(3, segments.size()));
        }
        if (!method.equals("POST")) {
            return OTHER;
        }
        return switch (String.join("/", segments)) {
            case "v1/messages" -> MESSAGES;
            case "v1/messages/count_tokens" -> COUNT_TOKENS;
            case "v1/complete" -> COMPLETE;
            case "v1/chat/completions" -> CHAT_COMPLETIONS;
            default -> OTHER;
        };
    }

    private static AnthropicCall ofBatches(String method, List<String> rest) {
        if (rest.isEmpty() && method.equals("POST")) {
            return BATCH_CREATE;
        }
        boolean results = rest.size() == 2 && rest.get(1).equals("results") && method.equals("GET");
        return results ? BATCH_RESULTS : BATCHES;
    }

    /** The id of the batch in the path of a call of {@link #BATCHES} or {@link #BATCH_RESULTS}, or null. */
    public static @Nullable String batchId(String path) {
        List<String> segments = segments(path);
        return segments.size() > 3 ? segments.get(3) : null;
    }

    /** Whether it uses what quotas limit, so that a used-up one refuses it. */
    public boolean spends() {
        return switch (this) {
            case MESSAGES, COMPLETE, CHAT_COMPLETIONS, BATCH_CREATE -> true;
            case COUNT_TOKENS, BATCHES, BATCH_RESULTS, OTHER -> false;
        };
    }

    /**
     * A reader of one answer to this call. Only an answer of status 2xx is use.
     *
     * @param contentType of the answer
     * @param requestId the answer's header {@code request-id}
     */
    public AnswerReader reader(int status, @Nullable String contentType, @Nullable String requestId) {
        return reader(status, contentType, requestId, null);
    }

    /**
     * The same, for a request whose batch is known.
     *
     * @param batchId of {@link #batchId(String)}; by it a result whose message has no id is known when it is seen again
     */
    public AnswerReader reader(
            int status, @Nullable String contentType, @Nullable String requestId, @Nullable String batchId) {
        if (status < 200 || status > 299) {
            return new NoUseReader(status);
        }
        return switch (this) {
            case MESSAGES -> reader(StreamDialect.MESSAGES, contentType, requestId);
            case COMPLETE -> reader(StreamDialect.COMPLETE, contentType, requestId);
            case CHAT_COMPLETIONS -> reader(StreamDialect.CHAT_COMPLETIONS, contentType, requestId);
            case BATCH_RESULTS -> new BatchResultsReader(batchId);
            case COUNT_TOKENS, BATCH_CREATE, BATCHES, OTHER -> new NoUseReader(status);
        };
    }

    private static AnswerReader reader(
            StreamDialect dialect, @Nullable String contentType, @Nullable String requestId) {
        boolean stream = contentType != null
                && contentType.strip().toLowerCase(Locale.ROOT).startsWith(EVENT_STREAM);
        return stream ? new StreamReader(dialect, requestId) : new JsonReader(dialect.shape(), requestId);
    }

    private static List<String> segments(String path) {
        return Arrays.stream(path.split("/", -1))
                .filter(segment -> !segment.isEmpty())
                .toList();
    }
}
