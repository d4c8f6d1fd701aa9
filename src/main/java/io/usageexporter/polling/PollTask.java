package io.usageexporter.polling;

import java.io.IOException;

/** One poll of a provider. */
@FunctionalInterface
public interface PollTask {
    /**
     * Polls once.
     *
     * @throws IOException usually a {@link ProviderException}, unless the poll succeeded completely
     * @throws InterruptedException if it is to stop
     */
    void run() throws IOException, InterruptedException;
}
