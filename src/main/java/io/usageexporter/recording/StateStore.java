package io.usageexporter.recording;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Small texts that a provider's integration keeps in the ledger, by key, across restarts. Every future completes when the
 * change is on the disk, exceptionally when the ledger cannot be written. Thread-safe; never blocks.
 */
public interface StateStore {
    /** Everything that is kept. */
    CompletableFuture<Map<String, String>> all();

    /** Keeps a text; one that the key has already stays. */
    CompletableFuture<Void> putIfAbsent(String key, String value);

    CompletableFuture<Void> remove(String key);
}
