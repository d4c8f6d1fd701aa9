package io.usageexporter.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** docker-compose.yml with anchors resolved and defaults for all variables. */
record ComposeFile(String text, JsonNode root) {
    static final Path PATH = Path.of("docker-compose.yml");

    /** A variable with its default, the only form used in the file. */
    static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+):-([^}]*)}");

    private static final ObjectMapper JSON = new ObjectMapper();

    static ComposeFile read() throws IOException {
        String text = Files.readString(PATH);
        return new ComposeFile(text, yaml(VARIABLE.matcher(text).replaceAll("$2")));
    }

    /** YAML as a tree, with merge keys, which Jackson does not support. */
    static JsonNode yaml(String text) {
        return JSON.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
    }

    Map<String, JsonNode> services() {
        var services = new LinkedHashMap<String, JsonNode>();
        root.path("services").forEachEntry(services::put);
        return services;
    }

    JsonNode service(String name) {
        return root.path("services").path(name);
    }

    static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    static List<String> keys(JsonNode object) {
        return object.propertyStream().map(Map.Entry::getKey).toList();
    }

    /** The bind mounts of a service: paths in the container and in this project. */
    static Map<String, Path> mounts(JsonNode service) {
        var mounts = new LinkedHashMap<String, Path>();
        service.path("volumes")
                .valueStream()
                .filter(volume -> volume.path("type").asText().equals("bind"))
                .forEach(volume -> mounts.put(
                        volume.path("target").asText(),
                        Path.of(volume.path("source").asText())));
        return mounts;
    }

    /** The secrets of a service, by their path in the container. */
    static Map<String, String> secrets(JsonNode service) {
        var secrets = new LinkedHashMap<String, String>();
        service.path("secrets").forEach(secret -> {
            String name = secret.path("source").asText(secret.asText());
            secrets.put(secret.path("target").asText("/run/secrets/" + name), name);
        });
        return secrets;
    }
}
