package io.usageexporter.deployment;

import static io.usageexporter.deployment.Manifests.kind;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.NodePackages;
import io.usageexporter.testing.ProcessRunner.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The API of Kubernetes and of the Prometheus operator as types, made from their schemas. The compiler of TypeScript finds
 * what the API server would reject: unknown keys, missing ones, wrong types and values.
 */
final class KubernetesTypes {
    private static final NodePackages PACKAGES = new NodePackages(
            Path.of("target", "kubernetes").toAbsolutePath(),
            Map.of(
                    "kubernetes-models",
                    "5.1.0",
                    "@kubernetes-models/prometheus-operator",
                    "6.0.0",
                    "typescript",
                    "5.9.3"));

    private KubernetesTypes() {}

    /**
     * Checks resources.
     *
     * @return for each the complaints, none if it is valid
     */
    static List<List<String>> check(List<JsonNode> resources) throws IOException, InterruptedException {
        PACKAGES.install();
        var arguments = new ArrayList<>(List.of(
                "node_modules/typescript/bin/tsc", "--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext"));
        for (int i = 0; i < resources.size(); i++) {
            Files.writeString(PACKAGES.folder().resolve(file(i)), typed(resources.get(i)));
            arguments.add(file(i));
        }
        Result result = PACKAGES.run(arguments);
        List<String> complaints = result.out().lines().toList();
        assertThat(result.err()).isEmpty();
        assertThat(result.status() == 0).as(result.out()).isEqualTo(complaints.isEmpty());
        return Stream.iterate(0, i -> i + 1)
                .limit(resources.size())
                .map(i -> complaints.stream()
                        .filter(line -> line.startsWith(file(i)))
                        .toList())
                .toList();
    }

    private static String file(int i) {
        return "resource-" + i + ".ts";
    }

    private static String typed(JsonNode resource) {
        String type = "I" + kind(resource);
        String group = resource.path("apiVersion").asText();
        String module = group.startsWith("monitoring.coreos.com/")
                ? "@kubernetes-models/prometheus-operator/" + group
                : "kubernetes-models/" + group;
        return "import type {" + type + "} from '" + module + "';\nexport const it: " + type + " = " + resource + ";\n";
    }
}
