package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.UsageExtractor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The endpoints of Anthropic's API, distinguished by what their responses report. */
enum AnthropicEndpoint {
    MESSAGES,
    COUNT_TOKENS,
    /** Legacy text completions. */
    COMPLETE,
    /** Compatible with OpenAI's API. */
    CHAT_COMPLETIONS,
    BATCH_CREATE,
    /** All other batch operations: get, list, cancel, delete. */
    BATCHES,
    BATCH_RESULTS,
    /** A message in the style of another host of the models: Amazon Bedrock or Google Vertex AI. */
    INVOKE,
    OTHER;

    private static final List<String> BATCHES_PATH = List.of("v1", "messages", "batches");
    /** The path of nearly all calls. */
    private static final String MESSAGES_PATH = "/v1/messages";

    private static final Set<String> BEDROCK = Set.of("invoke", "invoke-with-response-stream");
    private static final Pattern VERTEX =
            Pattern.compile("(?i)(?!count-tokens).*(?::|%3a)(?:rawPredict|streamRawPredict)");

    /** The content type of Bedrock's streams, which have a binary format. */
    private static final String AWS_EVENT_STREAM = "application/vnd.amazon.eventstream";

    /**
     * The endpoint of a request.
     *
     * @param path below the base URL, without the query; empty segments are ignored
     */
    public static AnthropicEndpoint of(String method, String path) {
        if (path.equals(MESSAGES_PATH) && method.equals("POST")) {
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
            default -> isInvoke(segments) ? INVOKE : OTHER;
        };
    }

    /** {@code /model/{id}/invoke} of Bedrock, {@code /…/models/{id}:rawPredict} of Vertex, and their streams. */
    private static boolean isInvoke(List<String> segments) {
        int size = segments.size();
        String last = size == 0 ? "" : segments.get(size - 1);
        return (size >= 3 && segments.get(size - 3).equals("model") && BEDROCK.contains(last))
                || VERTEX.matcher(last).matches();
    }

    private static AnthropicEndpoint ofBatches(String method, List<String> rest) {
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

    /** Whether calls use resources that quotas limit, so that they are rejected if a quota is exhausted. */
    public boolean consumesQuota() {
        return switch (this) {
            case MESSAGES, COMPLETE, CHAT_COMPLETIONS, BATCH_CREATE, INVOKE -> true;
            case COUNT_TOKENS, BATCHES, BATCH_RESULTS, OTHER -> false;
        };
    }

    /**
     * An extractor for one response. Only responses of status 2xx have usage.
     *
     * @param contentType of the response
     * @param requestId the response's header {@code request-id}
     */
    public UsageExtractor extractor(int status, @Nullable String contentType, @Nullable String requestId) {
        return extractor(status, contentType, requestId, null);
    }

    /**
     * An extractor for one response to a call for a batch.
     *
     * @param batchId of {@link #batchId(String)}; identifies results whose message has no id
     */
    public UsageExtractor extractor(
            int status, @Nullable String contentType, @Nullable String requestId, @Nullable String batchId) {
        if (status < 200 || status > 299) {
            return new ErrorExtractor(status);
        }
        return switch (this) {
            case MESSAGES -> new SniffingExtractor(StreamFormat.MESSAGES, requestId);
            case COMPLETE -> new SniffingExtractor(StreamFormat.COMPLETE, requestId);
            case CHAT_COMPLETIONS -> new SniffingExtractor(StreamFormat.CHAT_COMPLETIONS, requestId);
            case BATCH_RESULTS -> new BatchResultsExtractor(batchId);
            case INVOKE ->
                isAwsStream(contentType)
                        ? UnreadableExtractor.ofRequest(requestId, UnmeteredReason.UNKNOWN_FORMAT)
                        : new SniffingExtractor(StreamFormat.MESSAGES, requestId);
            case OTHER -> new OtherResponseExtractor(requestId);
            case COUNT_TOKENS, BATCH_CREATE, BATCHES -> new ErrorExtractor(status);
        };
    }

    /**
     * An extractor for a successful response whose body cannot be decoded; counts the request if a model responded.
     *
     * @param requestId the response's header {@code request-id}
     */
    public UsageExtractor unreadableExtractor(@Nullable String requestId) {
        return switch (this) {
            case MESSAGES, COMPLETE, CHAT_COMPLETIONS, INVOKE ->
                UnreadableExtractor.ofRequest(requestId, UnmeteredReason.UNREADABLE_ENCODING);
            case BATCH_RESULTS -> UnreadableExtractor.ofNothing(UnmeteredReason.UNREADABLE_ENCODING);
            case OTHER, COUNT_TOKENS, BATCH_CREATE, BATCHES -> new ErrorExtractor(200);
        };
    }

    private static boolean isAwsStream(@Nullable String contentType) {
        return contentType != null
                && contentType.strip().toLowerCase(Locale.ROOT).startsWith(AWS_EVENT_STREAM);
    }

    private static List<String> segments(String path) {
        return Arrays.stream(path.split("/", -1))
                .filter(segment -> !segment.isEmpty())
                .toList();
    }
}
