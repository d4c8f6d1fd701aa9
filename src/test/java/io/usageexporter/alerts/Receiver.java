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

/** Receives Alertmanager's webhooks on this machine. */
final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final List<Notification> notifications = new CopyOnWriteArrayList<>();

    /**
     * What a receiver was told.
     *
     * @param receiver its name, which is the path it is sent to
     * @param content the webhook's body
     */
    record Notification(String receiver, JsonNode content) {
        /** Such as {@code critical firing UsageQuotaCritical}, with each alert's name. */
        String brief() {
            var brief = new StringBuilder(receiver + " " + content.get("status").asText());
            alerts().forEach(alert ->
                    brief.append(' ').append(alert.at("/labels/alertname").asText()));
            return brief.toString();
        }

        boolean isResolved() {
            return content.get("status").asText().equals("resolved");
        }

        /** What a pager takes for one incident. */
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
            notifications.add(new Notification(path.substring(1), TestExporter.json(body)));
            exchange.sendResponseHeaders(204, -1);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** What people were told so far, in this order; the heartbeat is left out. */
    List<Notification> told() {
        return notifications.stream()
                .filter(notification -> !notification.receiver().equals("heartbeat"))
                .toList();
    }

    List<String> briefly() {
        return told().stream().map(Notification::brief).toList();
    }

    /** Whether the heartbeat has come. */
    boolean hearsHeartbeat() {
        return notifications.stream()
                .map(Notification::brief)
                .anyMatch("heartbeat firing UsageExporterWatchdog"::equals);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
