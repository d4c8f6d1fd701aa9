package io.usageexporter.bench;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import io.usageexporter.ingest.BodyReader;
import io.usageexporter.ingest.IngestConfig;
import io.usageexporter.ingest.InvalidBodyException;
import io.usageexporter.testing.Configs;
import java.time.Instant;
import org.xnio.Options;

/** Receives and parses events like the exporter, and responds without recording them. */
final class BaselineServer {
    private final IngestConfig config;

    private BaselineServer(IngestConfig config) {
        this.config = config;
    }

    /**
     * Serves until it is killed.
     *
     * @param args the port
     */
    public static void main(String[] args) throws Exception {
        var server = new BaselineServer(Configs.ingest());
        // As io.usageexporter.http.HttpServer.
        Undertow.builder()
                .addHttpListener(Integer.parseInt(args[0]), "127.0.0.1", server::handle)
                .setBufferSize(16 * 1024)
                .setDirectBuffers(true)
                .setIoThreads(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .setWorkerThreads(8)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 75_000)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, 60_000)
                .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .setSocketOption(Options.READ_TIMEOUT, 75_000)
                .setSocketOption(Options.WRITE_TIMEOUT, 60_000)
                .build()
                .start();
    }

    private void handle(HttpServerExchange exchange) {
        if (exchange.getRequestMethod().equals(Methods.GET)) {
            exchange.getResponseSender().send("ready\n");
            return;
        }
        exchange.getRequestReceiver().setMaxBufferSize(BodyReader.MAX_BATCH_BYTES);
        exchange.getRequestReceiver().receiveFullBytes(this::respond);
    }

    private void respond(HttpServerExchange exchange, byte[] body) {
        try {
            int events = BodyReader.readJson(config, Instant.now(), body, more -> true)
                    .size();
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
            exchange.getResponseSender().send("{\"recorded\":" + events + ",\"duplicates\":0}\n");
        } catch (InvalidBodyException e) {
            exchange.setStatusCode(StatusCodes.BAD_REQUEST).endExchange();
        }
    }
}
