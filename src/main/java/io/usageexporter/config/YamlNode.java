package io.usageexporter.config;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A YAML value with its line, which Jackson's tree lacks. Lines count from 1. */
sealed interface YamlNode {
    /** The line of the value or its key. */
    int line();

    /** Keys in the order of the file. */
    record Mapping(int line, Map<String, YamlNode> entries) implements YamlNode {}

    /** A list. */
    record Sequence(int line, List<YamlNode> items) implements YamlNode {}

    /** Text, a number, true, false or null. */
    record Scalar(int line, String text, JsonToken token) implements YamlNode {}

    /**
     * Reads a single document. An empty one is an empty mapping.
     *
     * @throws com.fasterxml.jackson.core.JsonProcessingException if it is not YAML, or has a duplicate key, an alias,
     *     or more than one document
     */
    static YamlNode read(String yaml) throws IOException {
        YAMLFactory factory = YAMLFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL) // as in YAML; the builder lacks this default
                .build();
        try (YAMLParser parser = factory.createParser(yaml)) {
            if (parser.nextToken() == null) {
                return new Mapping(1, Map.of());
            }
            YamlNode root = read(parser, parser.currentTokenLocation().getLineNr());
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "more than one document");
            }
            return root;
        }
    }

    private static YamlNode read(YAMLParser parser, int line) throws IOException {
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
            throw new JsonParseException(parser, "anchors and aliases are not supported");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> readMapping(parser, line);
            case START_ARRAY -> readSequence(parser, line);
            default -> new Scalar(line, parser.getText(), parser.currentToken());
        };
    }

    private static Mapping readMapping(YAMLParser parser, int line) throws IOException {
        var entries = new LinkedHashMap<String, YamlNode>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            int keyLine = lineOf(parser);
            parser.nextToken();
            entries.put(key, read(parser, keyLine));
        }
        return new Mapping(line, entries);
    }

    private static Sequence readSequence(YAMLParser parser, int line) throws IOException {
        var items = new ArrayList<YamlNode>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(read(parser, lineOf(parser)));
        }
        return new Sequence(line, items);
    }

    private static int lineOf(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }
}
