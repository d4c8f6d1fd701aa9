package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.provider.AnswerReader;
import io.usageexporter.provider.End;
import io.usageexporter.provider.Seen;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads an answer that comes as one JSON object, of any length. Holds what {@link JsonSieve} does. */
final class JsonReader implements AnswerReader {
    /** The members that tell of the use. */
    static final Map<String, Wanted> MESSAGE = Wanted.of("type", "id", "model", "usage", AnthropicErrors.ERROR);

    private final @Nullable String requestId;
    private final AnswerSoFar answer;
    private final JsonSieve sieve = new JsonSieve(MESSAGE);

    JsonReader(UsageShape shape, @Nullable String requestId) {
        this.requestId = requestId;
        this.answer = new AnswerSoFar(shape);
    }

    @Override
    public void read(ByteBuffer bytes) {
        sieve.read(bytes);
    }

    @Override
    public Seen end(boolean whole) {
        JsonNode message = message();
        if (AnthropicErrors.isError(message)) {
            answer.fail(message);
        } else {
            answer.take(message);
        }
        End end = howItEnded(whole);
        return answer.seen(requestId, end, end != End.INCOMPLETE);
    }

    /** The wanted members that have come so far. */
    JsonNode message() {
        byte[] kept = sieve.kept();
        return Json.read(kept, kept.length);
    }

    private End howItEnded(boolean whole) {
        if (answer.error() != null) {
            return End.ERROR;
        }
        boolean complete = sieve.isClosed() || (whole && !answer.isMessage());
        return complete ? End.COMPLETE : End.INCOMPLETE;
    }

    /** Bytes of memory that it holds for what has been read. */
    int held() {
        return sieve.held();
    }
}
