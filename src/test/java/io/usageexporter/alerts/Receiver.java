package io.usageexporter.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Receives Alertmanager's webhooks on a loopback address. */
final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final List<Notification> received = new CopyOnWriteArrayList<>();

    /**
     * A notification to a receiver.
     *
     * @param receiver its name, which is the path of the webhook
     * @param content the webhook's body
     */
    record Notification(String receiver, JsonNode content) {
        /** A summary with the names of the alerts, such as {@code critical firing UsageQuotaCritical}. */
        String summary() {
            var summary =
                    new StringBuilder(receiver + " " + content.get("status").asText());
            alerts().forEach(alert ->
                    summary.append(' ').append(alert.at("/labels/alertname").asText()));
            return summary.toString();
        }

        boolean isResolved() {
            return content.get("status").asText().equals("resolved");
        }

        /** The key by which a pager groups notifications into incidents. */
        String groupKey() {
            return content.get("groupKey").asText();
        }

        JsonNode alerts() {
            return content.get("alerts");
        }
    }

    Receiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::receive);
        server.start();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().getPath();
            received.add(new Notification(path.substring(1), TestExporter.json(body)));
            exchange.sendResponseHeaders(204, -1);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** All notifications in order of arrival, without heartbeats. */
    List<Notification> notifications() {
        return received.stream()
                .filter(notification -> !notification.receiver().equals("heartbeat"))
                .toList();
    }

    List<String> summaries() {
        return notifications().stream().map(Notification::summary).toList();
    }

    /** Whether a heartbeat has arrived. */
    boolean hasHeartbeat() {
        return received.stream().map(Notification::summary).anyMatch("heartbeat firing UsageExporterWatchdog"::equals);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
