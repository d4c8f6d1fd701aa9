package io.usageexporter.provider.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;

/** Reads short JSON documents that may be anything. */
public final class LenientJson {
    /** A number may be as long as a document, so that an absurd one spoils nothing but its own field. */
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Math.max(JsonProjector.MAX_KEPT, SseParser.MAX_DATA))
                    .build())
            .build());

    private LenientJson() {}

    /** The document in the first bytes of an array; a missing node if that is not one JSON value. */
    public static JsonNode read(byte[] bytes, int length) {
        try {
            JsonNode node = MAPPER.readTree(bytes, 0, length);
            return node == null ? MissingNode.getInstance() : node;
        } catch (IOException e) { // which only says that this is no JSON
            return MissingNode.getInstance();
        }
    }
}
