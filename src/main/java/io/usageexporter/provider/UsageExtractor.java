package io.usageexporter.provider;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Extracts the usage from the body of one response as it passes through. The body may be split anywhere and may hold
 * anything: whatever is not understood is skipped, without an exception. Uses bounded memory. Not thread-safe.
 */
public interface UsageExtractor {
    /** Consumes the remaining bytes of the buffer and keeps no reference to it. */
    void read(ByteBuffer bytes);

    /**
     * Drains the usage extracted so far. Lets callers bound memory on responses with many records, such as batch results.
     */
    default List<UsageRecord> drain() {
        return List.of();
    }

    /**
     * Ends the response. Called once; nothing may be read afterwards.
     *
     * @param complete whether the body is complete; false if either side aborted it
     * @return with the usage that has not been drained
     */
    ResponseUsage finish(boolean complete);
}
