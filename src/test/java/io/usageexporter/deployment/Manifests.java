package io.usageexporter.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import io.usageexporter.testing.RequiredTool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The resources of a kustomization, as they are sent to a cluster. */
record Manifests(List<JsonNode> resources) {
    static final Path FOLDER = Path.of("src/main/kubernetes");

    private static final ObjectMapper JSON = new ObjectMapper();

    static Manifests render(Path kustomization) throws Exception {
        String kubectl = RequiredTool.require("kubectl", "kubernetes-client");
        Result result = ProcessRunner.run(Path.of("."), "", List.of(kubectl, "kustomize", kustomization.toString()));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        return new Manifests(yaml(result.out()));
    }

    /** The documents of a YAML file. */
    static List<JsonNode> yaml(String text) {
        var documents = new ArrayList<JsonNode>();
        var options = new LoaderOptions();
        options.setMaxAliasesForCollections(1000);
        new Yaml(new SafeConstructor(options)).loadAll(text).forEach(each -> documents.add(JSON.valueToTree(each)));
        return documents;
    }

    List<JsonNode> all(String kind) {
        return resources.stream().filter(each -> kind(each).equals(kind)).toList();
    }

    JsonNode only(String kind) {
        assertThat(all(kind)).hasSize(1);
        return all(kind).get(0);
    }

    static String kind(JsonNode resource) {
        return resource.path("kind").asText();
    }

    static String name(JsonNode resource) {
        return resource.at("/metadata/name").asText();
    }
}
