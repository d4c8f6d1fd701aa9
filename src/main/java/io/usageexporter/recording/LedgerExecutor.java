package io.usageexporter.recording;

import io.usageexporter.ledger.LedgerException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Runs ledger operations on the recorder's thread, the ledger's only owner. Thread-safe. */
record LedgerExecutor(WorkQueue queue) {
    /** An operation without a result. */
    interface Operation {
        void run() throws LedgerException;
    }

    /** An operation with a result. */
    interface Query<T> {
        T call() throws LedgerException;
    }

    /**
     * Waits for a result.
     *
     * @throws LedgerException also if the exporter is shutting down
     */
    static <T> T await(CompletableFuture<T> result) throws LedgerException, InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof LedgerException failure) {
                throw failure;
            }
            throw new LedgerException(String.valueOf(cause == null ? e : cause.getMessage()), e);
        }
    }

    /** Completes when the operation is done; exceptionally if it fails or the exporter is shutting down. */
    CompletableFuture<Void> run(Operation operation) {
        var result = new CompletableFuture<Void>();
        run(
                () -> {
                    operation.run();
                    result.complete(null);
                },
                result::completeExceptionally);
        return result;
    }

    /** Completes with the result; exceptionally if the operation fails or the exporter is shutting down. */
    <T> CompletableFuture<T> call(Query<T> query) {
        var result = new CompletableFuture<T>();
        run(() -> result.complete(query.call()), result::completeExceptionally);
        return result;
    }

    /**
     * Runs an operation without a future.
     *
     * @param failed called if it fails or the exporter is shutting down
     */
    void run(Operation operation, Consumer<Exception> failed) {
        boolean accepted = queue.offer(() -> {
            try {
                operation.run();
            } catch (LedgerException | RuntimeException e) {
                failed.accept(e);
            }
        });
        if (!accepted) {
            failed.accept(new LedgerException("the exporter is shutting down"));
        }
    }
}
