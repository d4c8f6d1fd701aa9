package io.usageexporter.recording;

import io.usageexporter.ledger.LedgerException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Has the recorder's thread do what only it may do with the ledger. Thread-safe. */
record LedgerExecutor(WorkQueue queue) {
    /** Work without an answer. */
    interface Order {
        void carryOut() throws LedgerException;
    }

    /** Work with one. */
    interface Question<T> {
        T answer() throws LedgerException;
    }

    /** Completes when it is done, exceptionally when it failed or the exporter is shutting down. */
    CompletableFuture<Void> tell(Order order) {
        var result = new CompletableFuture<Void>();
        tell(
                () -> {
                    order.carryOut();
                    result.complete(null);
                },
                result::completeExceptionally);
        return result;
    }

    /** Likewise. */
    <T> CompletableFuture<T> ask(Question<T> question) {
        var result = new CompletableFuture<T>();
        tell(() -> result.complete(question.answer()), result::completeExceptionally);
        return result;
    }

    /**
     * Without a future.
     *
     * @param failed called when it failed or the exporter is shutting down
     */
    void tell(Order order, Consumer<Exception> failed) {
        boolean taken = queue.offer(() -> {
            try {
                order.carryOut();
            } catch (LedgerException | RuntimeException e) {
                failed.accept(e);
            }
        });
        if (!taken) {
            failed.accept(new IllegalStateException("the exporter is shutting down"));
        }
    }
}
