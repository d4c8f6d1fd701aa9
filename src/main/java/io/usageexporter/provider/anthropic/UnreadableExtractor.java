package io.usageexporter.provider.anthropic;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Usage;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.UsageRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Skips a successful response that cannot be read. */
record UnreadableExtractor(List<UsageRecord> records, UnmeteredReason why) implements UsageExtractor {
    private static final Usage ONE_REQUEST = Usage.of(Map.of(Measure.of(Measure.REQUESTS), Amount.of(1)));

    /** For a call that counts as one request. */
    static UnreadableExtractor ofRequest(@Nullable String requestId, UnmeteredReason why) {
        return new UnreadableExtractor(
                List.of(new UsageRecord(Identifiers.id(requestId, null), null, "", ONE_REQUEST)), why);
    }

    /** For a call that does not count as a request. */
    static UnreadableExtractor ofNothing(UnmeteredReason why) {
        return new UnreadableExtractor(List.of(), why);
    }

    @Override
    public void read(ByteBuffer bytes) {
        bytes.position(bytes.limit());
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        return new ResponseUsage(records, complete ? Completion.COMPLETE : Completion.INCOMPLETE, null, null, why);
    }
}
