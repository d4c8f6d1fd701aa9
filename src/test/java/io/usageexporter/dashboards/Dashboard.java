package io.usageexporter.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A dashboard file of the project. */
record Dashboard(String uid, JsonNode json) {
    static final Path FOLDER = Path.of("grafana/dashboards");

    /**
     * A query of a dashboard.
     *
     * @param where the dashboard's uid and the name of the panel or annotation
     */
    record Query(String where, String expression) {}

    static List<Dashboard> all() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().map(Dashboard::read).toList();
        }
    }

    static Dashboard read(Path file) {
        try {
            JsonNode json = TestExporter.json(Files.readString(file));
            return new Dashboard(json.path("uid").asText(), json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All panels, including those in rows. */
    List<JsonNode> panels() {
        var panels = new ArrayList<JsonNode>();
        for (JsonNode panel : json.get("panels")) {
            panels.add(panel);
            panel.path("panels").forEach(panels::add);
        }
        return panels;
    }

    List<Query> panelQueries() {
        var queries = new ArrayList<Query>();
        for (JsonNode panel : panels()) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(new Query(
                        uid + " / " + panel.path("title").asText(),
                        target.get("expr").asText()));
            }
        }
        return queries;
    }

    List<Query> annotationQueries() {
        var queries = new ArrayList<Query>();
        for (JsonNode annotation : json.at("/annotations/list")) {
            queries.add(new Query(
                    uid + " / annotation " + annotation.get("name").asText(),
                    annotation.get("expr").asText()));
        }
        return queries;
    }

    /** The query variables, in order. */
    List<JsonNode> variables() {
        return json.at("/templating/list")
                .valueStream()
                .filter(variable -> variable.get("type").asText().equals("query"))
                .toList();
    }
}
