package io.usageexporter.recording;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The state of a provider's integration: short texts by key, kept in the ledger across restarts. Each future completes
 * when the change is on disk, exceptionally if the ledger cannot be written. Thread-safe; never blocks.
 */
public interface StateStore {
    /** Whether other exporters may change it, too. */
    boolean isShared();

    /** All values, by key. */
    CompletableFuture<Map<String, String>> all();

    /** Stores a value, unless the key has one already. */
    CompletableFuture<Void> putIfAbsent(String key, String value);

    /** Stores a value, in place of an earlier one. */
    CompletableFuture<Void> put(String key, String value);

    /** Removes a key. */
    CompletableFuture<Void> remove(String key);
}
