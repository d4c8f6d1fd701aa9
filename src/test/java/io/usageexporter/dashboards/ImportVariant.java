package io.usageexporter.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.TreeSet;

/**
 * Converts dashboards for Grafana's import page and grafana.com, which ask for the data source through {@code __inputs}.
 * Provisioned dashboards cannot use these and have a variable instead. See "Dashboard JSON model" and "Export dashboards"
 * in Grafana's documentation.
 */
public final class ImportVariant {
    private static final String VARIABLE = "datasource";
    private static final String INPUT = "DS_PROMETHEUS";
    private static final String OLDEST_GRAFANA = "11.0.0";
    private static final ObjectMapper JSON = new ObjectMapper();

    private ImportVariant() {}

    /**
     * Converts all dashboards.
     *
     * @param arguments the folder to write to
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        for (Dashboard dashboard : Dashboard.all()) {
            Files.writeString(
                    folder.resolve(dashboard.uid() + ".json"), of(dashboard).toPrettyString() + "\n");
        }
    }

    static JsonNode of(Dashboard dashboard) {
        ObjectNode variant = JSON.createObjectNode();
        ObjectNode input = variant.putArray("__inputs").addObject();
        input.put("name", INPUT)
                .put("label", "Prometheus")
                .put("description", "The Prometheus that scrapes the usage exporter.")
                .put("type", "datasource")
                .put("pluginId", "prometheus")
                .put("pluginName", "Prometheus");
        ArrayNode requires = variant.putArray("__requires");
        require(requires, "grafana", "grafana", OLDEST_GRAFANA);
        require(requires, "datasource", "prometheus", "1.0.0");
        var types = new TreeSet<String>();
        dashboard.panels().forEach(panel -> types.add(panel.get("type").asText()));
        types.remove("row");
        types.forEach(type -> require(requires, "panel", type, ""));
        String link = "&${" + VARIABLE + ":queryparam}"; // the variant has no such variable
        variant.setAll((ObjectNode) TestExporter.json(
                dashboard.json().toString().replace(link, "").replace("${" + VARIABLE + "}", "${" + INPUT + "}")));
        variant.put("editable", true);
        for (Iterator<JsonNode> each = variant.at("/templating/list").elements(); each.hasNext(); ) {
            if (each.next().get("name").asText().equals(VARIABLE)) {
                each.remove();
            }
        }
        return variant;
    }

    private static void require(ArrayNode requires, String type, String id, String version) {
        requires.addObject().put("type", type).put("id", id).put("name", id).put("version", version);
    }
}
