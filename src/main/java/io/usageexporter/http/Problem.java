package io.usageexporter.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import io.usageexporter.ingest.InvalidBodyException.Fault;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A problem document (RFC 9457).
 *
 * @param status the HTTP status
 * @param detail what is wrong and what is allowed
 * @param faults the errors of a batch, by index
 */
record Problem(int status, String detail, List<Fault> faults) {
    private static final String TYPE = "application/problem+json";
    private static final JsonFactory JSON = new JsonFactory();

    Problem(int status, String detail) {
        this(status, detail, List.of());
    }

    /** Ends the exchange with this problem. */
    void send(HttpServerExchange exchange) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, TYPE);
        BrowserHeaders.addTo(exchange.getResponseHeaders());
        exchange.getResponseSender().send(json());
    }

    /** The complete response, after which the connection is closed. */
    String response() {
        String body = json();
        return "HTTP/1.1 " + status + " " + StatusCodes.getReason(status)
                + "\r\nContent-Type: " + TYPE
                + "\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\nConnection: close\r\n\r\n" + body;
    }

    /** Writes the field {@code errors}. */
    static void writeErrors(JsonGenerator json, List<Fault> faults) throws IOException {
        json.writeArrayFieldStart("errors");
        for (Fault fault : faults) {
            json.writeStartObject();
            json.writeNumberField("index", fault.index());
            json.writeStringField("detail", fault.detail());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private String json() {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("type", "about:blank");
            json.writeStringField("title", StatusCodes.getReason(status));
            json.writeNumberField("status", status);
            json.writeStringField("detail", detail);
            if (!faults.isEmpty()) {
                writeErrors(json, faults);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }
}
