package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import io.usageexporter.provider.wire.PercentDecoder;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.UndoResult;
import io.usageexporter.recording.UndoResult.Settled;
import io.usageexporter.recording.UndoResult.Unavailable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code DELETE /api/usage/{id}}: undoes an event. The id is percent-encoded. Runs on a worker. */
record UndoHandler(Recorder recorder) implements HttpHandler {
    static final String PATH = "/api/usage/{id}";

    private static final String RETRY_AFTER_SECONDS = "5";

    @Override
    public void handleRequest(HttpServerExchange exchange) throws BadParameterException {
        QueryParameters.of(exchange, List.of("id")); // which the route adds
        String id = id(exchange);
        if (id == null) {
            throw new BadParameterException("the id must be percent-encoded");
        }
        UndoResult result = recorder.undo(id);
        if (result instanceof Unavailable unavailable) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_AFTER_SECONDS);
            new Problem(StatusCodes.SERVICE_UNAVAILABLE, "nothing was undone: " + unavailable.message()).send(exchange);
        } else if (result == Settled.UNKNOWN) {
            new Problem(
                            StatusCodes.NOT_FOUND,
                            "no event with this id is in the ledger; it was not recorded, or is older than retention allows")
                    .send(exchange);
        } else {
            ReadHandlers.send(
                    exchange, "application/json", "{\"undone\":" + (result == Settled.UNDONE ? 1 : 0) + "}\n");
        }
    }

    /** From the path as it was sent, in which an encoded slash is part of the id. */
    private static @Nullable String id(HttpServerExchange exchange) {
        String path = exchange.getRequestURI();
        String start = PATH.substring(0, PATH.indexOf('{'));
        return PercentDecoder.decode(path.substring(path.indexOf(start) + start.length()));
    }
}
