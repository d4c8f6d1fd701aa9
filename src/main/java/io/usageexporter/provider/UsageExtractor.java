package io.usageexporter.provider;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads the use out of the body of one answer while it goes by. The body may be split anywhere, and may be anything:
 * what makes no sense is passed over, and never throws. Holds a bounded part of it, whatever its length. For one thread
 * at a time.
 */
public interface UsageExtractor {
    /** Takes the next bytes, all that remain, and keeps no reference to the buffer. */
    void read(ByteBuffer bytes);

    /**
     * Uses that are known before the end of the answer, each handed out once. For answers that hold many, as the results
     * of a batch do: whoever calls this now and then need not hold them all.
     */
    default List<UsageRecord> drain() {
        return List.of();
    }

    /**
     * Ends the answer. To be called once; nothing may be read after it.
     *
     * @param complete whether the body came to its own end; false when either side broke it off
     * @return with the uses that {@link #drain()} has not handed out
     */
    ResponseUsage finish(boolean complete);
}
