package io.usageexporter.provider.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;

/** Reads short JSON documents of untrusted content. */
public final class LenientJson {
    /** A number may be as long as a document, so that an absurd one invalidates only its own field. */
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Math.max(JsonProjector.MAX_KEPT, SseParser.MAX_DATA))
                    .build())
            .build());

    private LenientJson() {}

    /** The JSON value in the first bytes of an array; a missing node if they are anything else. */
    public static JsonNode read(byte[] bytes, int length) {
        try {
            JsonNode node = MAPPER.readTree(bytes, 0, length);
            return node == null ? MissingNode.getInstance() : node;
        } catch (IOException e) { // not JSON
            return MissingNode.getInstance();
        }
    }
}
