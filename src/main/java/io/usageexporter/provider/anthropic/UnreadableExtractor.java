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

/** Skips a successful response in a form that cannot be read. */
record UnreadableExtractor(List<UsageRecord> uses, UnmeteredReason why) implements UsageExtractor {
    private static final Usage ONE_REQUEST = Usage.of(Map.of(Measure.of(Measure.REQUESTS), Amount.of(1)));

    /** Of a call that is a request all the same. */
    static UnreadableExtractor ofRequest(@Nullable String requestId, UnmeteredReason why) {
        return new UnreadableExtractor(
                List.of(new UsageRecord(Identifiers.id(requestId, null), null, "", ONE_REQUEST)), why);
    }

    /** Of a call that is none by itself. */
    static UnreadableExtractor ofNothing(UnmeteredReason why) {
        return new UnreadableExtractor(List.of(), why);
    }

    @Override
    public void read(ByteBuffer bytes) {
        bytes.position(bytes.limit());
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        return new ResponseUsage(uses, complete ? Completion.COMPLETE : Completion.INCOMPLETE, null, null, why);
    }
}
