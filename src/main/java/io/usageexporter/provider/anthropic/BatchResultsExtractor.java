package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Pricing;
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
 * Extracts the usage from the results of a batch: one JSON object per line, in any order, of any length. Each succeeded
 * request is one record at the price of batches, identified by the id of its message, since the same results may be fetched
 * many times. Buffers what {@link JsonProjector} keeps of a line, and at most {@link #MAX_PENDING} records that have not been drained.
 */
final class BatchResultsExtractor implements UsageExtractor {
    /** The maximum number of requests in a batch; further ones are skipped. */
    static final int MAX_PENDING = 100_000;

    private static final Map<String, FieldMask> LINE =
            FieldMask.of("result", FieldMask.of("message", JsonResponseExtractor.MESSAGE, "type"), "custom_id");

    private final @Nullable String batchId;
    private final JsonProjector projector = new JsonProjector(LINE);
    private List<UsageRecord> pending = new ArrayList<>();
    private boolean isLineStarted;
    private boolean isEmpty = true;
    private boolean isUnderstood;
    private @Nullable UnmeteredReason unmetered;

    /** @param batchId distinguishes equal {@code custom_id}s of different batches; null if unknown */
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
            isLineStarted |= newline > bytes.position();
            isEmpty &= !isLineStarted;
            bytes.limit(newline);
            projector.read(bytes);
            bytes.limit(limit);
            if (newline < limit) {
                bytes.position(newline + 1);
                endLine();
            }
        }
    }

    private void endLine() {
        if (projector.isClosed()) {
            byte[] kept = projector.kept();
            readLine(LenientJson.read(kept, kept.length));
        }
        projector.reset();
        isLineStarted = false;
    }

    private void readLine(JsonNode line) {
        JsonNode result = line.path("result");
        JsonNode message = result.path("message");
        isUnderstood |= result.path("type").isTextual();
        if (result.path("type").asText().equals("succeeded") && pending.size() < MAX_PENDING) {
            var accumulator = new MessageAccumulator(UsageFormat.MESSAGES);
            accumulator.merge(message);
            UnmeteredReason why = accumulator.unmetered(true);
            unmetered = why == null ? unmetered : why;
            accumulator
                    .records(recordId(accumulator.id(), line.path("custom_id").textValue()))
                    .forEach(record -> pending.add(record.with(record.pricing().with(Pricing.BATCH))));
        }
    }

    /** Anthropic's ids of messages are unique; those of compatible APIs may repeat within a batch. */
    private @Nullable String recordId(@Nullable String messageId, @Nullable String customId) {
        String inBatch = batchId == null || customId == null ? null : batchId + ":" + customId;
        boolean isUnique = messageId != null && messageId.startsWith("msg_");
        return isUnique ? Identifiers.id(messageId, inBatch) : Identifiers.id(inBatch, messageId);
    }

    @Override
    public List<UsageRecord> drain() {
        List<UsageRecord> drained = pending;
        pending = new ArrayList<>();
        return drained;
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        boolean cut = isLineStarted && !projector.isClosed();
        endLine();
        if (!isEmpty && !isUnderstood) {
            unmetered = complete ? UnmeteredReason.UNEXPECTED_BODY : UnmeteredReason.INCOMPLETE;
        }
        return new ResponseUsage(
                drain(), complete && !cut ? Completion.COMPLETE : Completion.INCOMPLETE, null, null, unmetered);
    }

    /** Bytes of memory in use for the current line. */
    int retainedBytes() {
        return projector.retainedBytes();
    }
}
