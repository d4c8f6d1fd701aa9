package io.usageexporter.recording;

import io.usageexporter.ledger.Ledger;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Keeps the state of one provider's integration in the ledger. */
record LedgerStateStore(LedgerExecutor executor, Ledger ledger, String provider) implements StateStore {
    @Override
    public boolean isShared() {
        return ledger.isShared();
    }

    @Override
    public CompletableFuture<Map<String, String>> all() {
        return executor.call(() -> ledger.readState(provider));
    }

    @Override
    public CompletableFuture<Void> putIfAbsent(String key, String value) {
        return executor.run(() -> ledger.putStateIfAbsent(provider, key, value));
    }

    @Override
    public CompletableFuture<Void> put(String key, String value) {
        return executor.run(() -> ledger.putState(provider, key, value));
    }

    @Override
    public CompletableFuture<Void> remove(String key) {
        return executor.run(() -> ledger.removeState(provider, key));
    }
}
