package io.usageexporter.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.metrics.SelfMetrics.Rejection;
import java.util.function.BiConsumer;

/**
 * Receives the posted bodies of a route within bounds of size, memory and time. Thread-safe.
 *
 * @param maxBytes of a body
 * @param allowed says how large a body may be
 * @param retryAfterSeconds when to send again what there was no room for
 */
record BodyIntake(
        int maxBytes, String allowed, String retryAfterSeconds, BodyMemory memory, BodyPace pace, SelfMetrics metrics) {

    /**
     * Receives a body, or ends the exchange. To be called on the I/O thread.
     *
     * @param received takes a whole body and the memory that it holds; on the I/O thread
     */
    void receive(HttpServerExchange exchange, BiConsumer<byte[], BodyMemory.Claim> received) {
        long announced = exchange.getRequestContentLength();
        if (announced > maxBytes) {
            refuseTooLarge(exchange, allowed);
            return;
        }
        if (announced > memory.mostBytes()) {
            refuseTooLarge(exchange, mostBytes());
            return;
        }
        BodyMemory.Claim claim = memory.claim(exchange);
        var receiver = new BodyReceiver.Receiver() {
            @Override
            public void received(byte[] body) {
                new ExceptionHandler(same -> received.accept(body, claim)).handleRequest(exchange);
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
            case NO_MEMORY -> refuseForNow(exchange, "too many large bodies are under way");
            case TOO_SLOW -> {
                metrics.rejected(Rejection.TOO_SLOW, 1);
                new Problem(
                                StatusCodes.REQUEST_TIME_OUT,
                                "the body came too slowly, so nothing was recorded; after its first "
                                        + pace.grace().toSeconds() + " s it must come at " + pace.bytesPerSecond()
                                        + " bytes a second on average")
                        .send(exchange);
            }
            case INCOMPLETE -> {
                metrics.rejected(Rejection.INCOMPLETE, 1);
                exchange.setPersistent(false);
                new Problem(
                                StatusCodes.BAD_REQUEST,
                                "the connection ended before the end of the body, so nothing was recorded; the body must"
                                        + " be as long as Content-Length says, or end with a last chunk")
                        .send(exchange);
            }
        }
    }

    /** Refuses, as a batch that holds too many events for the memory that there is, whatever else is under way. */
    void refuseTooManyEvents(HttpServerExchange exchange) {
        refuseTooLarge(
                exchange,
                "the memory of this exporter takes batches of at most " + memory.mostEvents()
                        + " events, or half as many with an id; send smaller ones, or give it a larger heap (-Xmx)");
    }

    /** Refuses what there is room for at another time. */
    void refuseForNow(HttpServerExchange exchange, String reason) {
        metrics.rejected(Rejection.QUEUE_FULL, 1);
        unavailable(exchange, reason);
    }

    /** Says that nothing was recorded, and when to send it again. */
    void unavailable(HttpServerExchange exchange, String reason) {
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, retryAfterSeconds);
        new Problem(
                        StatusCodes.SERVICE_UNAVAILABLE,
                        reason + "; nothing was recorded, send it again after " + retryAfterSeconds + " s")
                .send(exchange);
    }

    private void refuseTooLarge(HttpServerExchange exchange, String detail) {
        metrics.rejected(Rejection.TOO_LARGE, 1);
        new Problem(StatusCodes.REQUEST_ENTITY_TOO_LARGE, detail).send(exchange);
    }

    private String mostBytes() {
        return "the memory of this exporter takes bodies of at most " + memory.mostBytes()
                + " bytes; send smaller ones, or give it a larger heap (-Xmx)";
    }
}
