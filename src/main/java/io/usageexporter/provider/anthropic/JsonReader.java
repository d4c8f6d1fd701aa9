package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.provider.AnswerReader;
import io.usageexporter.provider.End;
import io.usageexporter.provider.Seen;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer that comes as one JSON object, of any length. It is a request whatever it holds. Holds what
 * {@link JsonSieve} does.
 */
final class JsonReader implements AnswerReader {
    /** The members that tell of the use. */
    static final Map<String, Wanted> MESSAGE = Wanted.of("type", "id", "model", "usage");

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
        byte[] kept = sieve.kept();
        JsonNode message = Json.read(kept, kept.length);
        answer.overwriteWith(message);
        return new Seen(answer.uses(Names.id(requestId, answer.id())), end(message), answer.model());
    }

    private End end(JsonNode message) {
        if (message.path("type").asText().equals("error")) {
            return End.ERROR;
        }
        return sieve.isClosed() ? End.COMPLETE : End.INCOMPLETE;
    }

    /** Bytes of memory that it holds for what has been read. */
    int held() {
        return sieve.held();
    }
}
