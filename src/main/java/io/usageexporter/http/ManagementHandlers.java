package io.usageexporter.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import io.usageexporter.recording.Recorder;

/** Health and lifecycle. */
final class ManagementHandlers {
    private final Recorder recorder;
    private final Lifecycle lifecycle;
    private final boolean enabled;

    ManagementHandlers(Recorder recorder, Lifecycle lifecycle, boolean enabled) {
        this.recorder = recorder;
        this.lifecycle = lifecycle;
        this.enabled = enabled;
    }

    void healthy(HttpServerExchange exchange) {
        ReadHandlers.send(exchange, "text/plain; charset=utf-8", "healthy\n");
    }

    /** Ready means the ledger is writable, which a small write verifies. */
    void ready(HttpServerExchange exchange) {
        exchange.dispatch(
                SameThreadExecutor.INSTANCE,
                () -> recorder.probe(problem -> ExceptionHandler.resume(exchange, ex -> respondReady(ex, problem))));
    }

    private static void respondReady(HttpServerExchange exchange, String problem) {
        if (problem.isEmpty()) {
            ReadHandlers.send(exchange, "text/plain; charset=utf-8", "ready\n");
        } else {
            new Problem(StatusCodes.SERVICE_UNAVAILABLE, problem).send(exchange);
        }
    }

    void reload(HttpServerExchange exchange) {
        if (!isAllowed(exchange)) {
            return;
        }
        try {
            lifecycle.reload();
            ReadHandlers.send(exchange, "text/plain; charset=utf-8", "configuration reloaded\n");
        } catch (Exception e) {
            new Problem(
                            StatusCodes.INTERNAL_SERVER_ERROR,
                            "reload failed, keeping the running configuration: " + e.getMessage())
                    .send(exchange);
        }
    }

    void quit(HttpServerExchange exchange) {
        if (isAllowed(exchange)) {
            exchange.addExchangeCompleteListener((done, next) -> {
                next.proceed();
                lifecycle.quit();
            });
            ReadHandlers.send(exchange, "text/plain; charset=utf-8", "shutting down\n");
        }
    }

    private boolean isAllowed(HttpServerExchange exchange) {
        if (!enabled) {
            new Problem(StatusCodes.FORBIDDEN, "not enabled; start the exporter with --web.enable-lifecycle")
                    .send(exchange);
        }
        return enabled;
    }
}
