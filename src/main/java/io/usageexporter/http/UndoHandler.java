package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import io.usageexporter.provider.wire.PercentDecoder;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.UndoResult;
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
        UndoResult result;
        try {
            result = recorder.undo(id);
        } catch (RuntimeException e) {
            throw e; // a fault of the exporter, not of its ledger
        } catch (Exception e) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_AFTER_SECONDS);
            new Problem(StatusCodes.SERVICE_UNAVAILABLE, "nothing was undone: " + e.getMessage()).send(exchange);
            return;
        }
        switch (result) {
            case UNDONE -> ReadHandlers.send(exchange, "application/json", "{\"undone\":1}\n");
            case UNDONE_BEFORE -> ReadHandlers.send(exchange, "application/json", "{\"undone\":0}\n");
            case UNKNOWN ->
                new Problem(
                                StatusCodes.NOT_FOUND,
                                "no event with this id is in the ledger; it was not recorded, or is older than retention allows")
                        .send(exchange);
        }
    }

    /** From the path as it was sent, in which an encoded slash is part of the id. */
    private static @Nullable String id(HttpServerExchange exchange) {
        String path = exchange.getRequestURI();
        String start = PATH.substring(0, PATH.indexOf('{'));
        return PercentDecoder.decode(path.substring(path.indexOf(start) + start.length()));
    }
}
