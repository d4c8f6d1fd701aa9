package io.usageexporter.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.metrics.SelfMetrics.Rejection;
import java.util.function.BiConsumer;

/**
 * Receives request bodies of a route within limits of size, memory and time. Thread-safe.
 *
 * @param maxBytes of a body
 * @param allowed the error text that gives the maximum size
 * @param retryAfterSeconds when a client may retry after a 503
 */
record BodyHandler(
        int maxBytes,
        String allowed,
        String retryAfterSeconds,
        BodyMemory memory,
        BodyPace pace,
        SelfMetrics metrics,
        Refusals refusals) {

    /**
     * Receives a body, or ends the exchange. Called on the I/O thread.
     *
     * @param received accepts the complete body and the memory that it holds; called on the I/O thread
     */
    void receive(HttpServerExchange exchange, BiConsumer<byte[], BodyMemory.Claim> received) {
        long announced = exchange.getRequestContentLength();
        if (announced > maxBytes) {
            refuseTooLarge(exchange, allowed);
            return;
        }
        if (announced > memory.maxBodyBytes()) {
            refuseTooLarge(exchange, noMemoryForBody());
            return;
        }
        BodyMemory.Claim claim = memory.claim(exchange);
        var receiver = new BodyReceiver.Receiver() {
            @Override
            public void received(byte[] body) {
                new ExceptionHandler(ex -> received.accept(body, claim)).handleRequest(exchange);
            }

            @Override
            public void failed(BodyReceiver.Failure why) {
                refuse(exchange, why);
            }
        };
        exchange.dispatch(
                SameThreadExecutor.INSTANCE, new BodyReceiver(exchange, maxBytes, claim, pace, receiver)::start);
    }

    private void refuse(HttpServerExchange exchange, BodyReceiver.Failure why) {
        switch (why) {
            case TOO_LARGE -> refuseTooLarge(exchange, allowed);
            case NO_MEMORY -> refuseForNow(exchange, "too many large bodies are in progress");
            case NO_MEMORY_TO_WAIT -> refuseForNow(exchange, "too many incomplete bodies are in progress");
            case TOO_SLOW -> {
                metrics.rejected(Rejection.TOO_SLOW, 1);
                refusals.add(Refusals.Reason.SLOW_BODY, exchange.getSourceAddress());
                new Problem(
                                StatusCodes.REQUEST_TIME_OUT,
                                "the body arrived too slowly, so nothing was recorded; after the first "
                                        + pace.grace().toSeconds() + " s it must arrive at " + pace.bytesPerSecond()
                                        + " bytes per second on average")
                        .send(exchange);
            }
            case INCOMPLETE -> {
                metrics.rejected(Rejection.INCOMPLETE, 1);
                exchange.setPersistent(false);
                new Problem(
                                StatusCodes.BAD_REQUEST,
                                "the connection closed before the end of the body, so nothing was recorded; the body must"
                                        + " have the length given by Content-Length, or end with a last chunk")
                        .send(exchange);
            }
        }
    }

    /** Rejects a batch with more events than fit into memory even when nothing else is in progress. */
    void refuseTooManyEvents(HttpServerExchange exchange) {
        refuseTooLarge(
                exchange,
                "this exporter has memory for batches of at most " + memory.maxEvents()
                        + " events, or half as many with an id; send smaller ones, or increase its heap (-Xmx)");
    }

    /** Rejects a request that may succeed later. */
    void refuseForNow(HttpServerExchange exchange, String reason) {
        metrics.rejected(Rejection.QUEUE_FULL, 1);
        unavailable(exchange, reason);
    }

    /** Responds that nothing was recorded, and when to retry. */
    void unavailable(HttpServerExchange exchange, String reason) {
        retryLater(exchange, reason + "; nothing was recorded, retry");
    }

    /** Responds that it is not known whether anything was recorded. */
    void inDoubt(HttpServerExchange exchange, String reason) {
        retryLater(exchange, reason + "; retry");
    }

    private void retryLater(HttpServerExchange exchange, String advice) {
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, retryAfterSeconds);
        new Problem(StatusCodes.SERVICE_UNAVAILABLE, advice + " after " + retryAfterSeconds + " s").send(exchange);
    }

    private void refuseTooLarge(HttpServerExchange exchange, String detail) {
        metrics.rejected(Rejection.TOO_LARGE, 1);
        refusals.add(Refusals.Reason.BODY_TOO_LARGE, exchange.getSourceAddress());
        new Problem(StatusCodes.REQUEST_ENTITY_TOO_LARGE, detail).send(exchange);
    }

    private String noMemoryForBody() {
        return "this exporter has memory for bodies of at most " + memory.maxBodyBytes()
                + " bytes; send smaller ones, or increase its heap (-Xmx)";
    }
}
