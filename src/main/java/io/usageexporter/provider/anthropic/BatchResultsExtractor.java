package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.UsageRecord;
import io.usageexporter.provider.wire.FieldMask;
import io.usageexporter.provider.wire.JsonProjector;
import io.usageexporter.provider.wire.LenientJson;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the results of a batch: one JSON object a line, in any order, of any length. Each request that succeeded is a
 * use, known by its message's id, since the same results may be fetched many times. Holds of a line what
 * {@link JsonProjector} does, and the usage that has not been drained yet, {@link #MAX_WAITING} at most.
 */
final class BatchResultsExtractor implements UsageExtractor {
    /** As many requests as a batch can have; further ones are skipped. */
    static final int MAX_WAITING = 100_000;

    private static final Map<String, FieldMask> LINE =
            FieldMask.of("result", FieldMask.of("message", JsonResponseExtractor.MESSAGE, "type"), "custom_id");

    private final @Nullable String batchId;
    private final JsonProjector sieve = new JsonProjector(LINE);
    private List<UsageRecord> waiting = new ArrayList<>();
    private boolean lineIsBegun;
    private boolean isEmpty = true;
    private boolean isUnderstood;
    private @Nullable UnmeteredReason unmetered;

    /** @param batchId tells equal {@code custom_id}s of several batches apart; null when it is not known */
    BatchResultsExtractor(@Nullable String batchId) {
        this.batchId = batchId;
    }

    @Override
    public void read(ByteBuffer bytes) {
        int limit = bytes.limit();
        while (bytes.hasRemaining()) {
            int newline = bytes.position();
            while (newline < limit && bytes.get(newline) != '\n') {
                newline++;
            }
            lineIsBegun |= newline > bytes.position();
            isEmpty &= !lineIsBegun;
            bytes.limit(newline);
            sieve.read(bytes);
            bytes.limit(limit);
            if (newline < limit) {
                bytes.position(newline + 1);
                endLine();
            }
        }
    }

    private void endLine() {
        if (sieve.isClosed()) {
            byte[] kept = sieve.kept();
            readLine(LenientJson.read(kept, kept.length));
        }
        sieve.reset();
        lineIsBegun = false;
    }

    private void readLine(JsonNode line) {
        JsonNode result = line.path("result");
        JsonNode message = result.path("message");
        isUnderstood |= result.path("type").isTextual();
        if (result.path("type").asText().equals("succeeded") && waiting.size() < MAX_WAITING) {
            var answer = new MessageAccumulator(UsageFormat.MESSAGES);
            answer.take(message);
            UnmeteredReason why = answer.unmetered(true);
            unmetered = why == null ? unmetered : why;
            waiting.addAll(answer.uses(Identifiers.id(
                    answer.id(), ofCustomId(line.path("custom_id").textValue()))));
        }
    }

    private @Nullable String ofCustomId(@Nullable String customId) {
        return batchId == null || customId == null ? null : batchId + ":" + customId;
    }

    @Override
    public List<UsageRecord> drain() {
        List<UsageRecord> taken = waiting;
        waiting = new ArrayList<>();
        return taken;
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        boolean cut = lineIsBegun && !sieve.isClosed();
        endLine();
        if (!isEmpty && !isUnderstood) {
            unmetered = complete ? UnmeteredReason.UNEXPECTED_BODY : UnmeteredReason.INCOMPLETE;
        }
        return new ResponseUsage(
                drain(), complete && !cut ? Completion.COMPLETE : Completion.INCOMPLETE, null, null, unmetered);
    }

    /** Bytes of memory that it holds for the present line. */
    int held() {
        return sieve.held();
    }
}
