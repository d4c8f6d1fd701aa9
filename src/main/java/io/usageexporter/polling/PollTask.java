package io.usageexporter.polling;

import java.io.IOException;

/** Asks one provider for everything that is wanted of it, once. */
@FunctionalInterface
public interface PollTask {
    /**
     * Runs once, up to its end.
     *
     * @throws IOException usually a {@link ProviderException}, when it did not succeed as a whole
     * @throws InterruptedException when it is to end
     */
    void run() throws IOException, InterruptedException;
}
