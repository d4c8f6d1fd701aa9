package io.usageexporter.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Documentation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The map of packages agrees with the sources and ArchitectureTest. */
class ArchitecturePageTest {
    private static final Path SOURCES = Path.of("src/main/java/io/usageexporter");
    private static final Pattern ROW =
            Pattern.compile("^\\| `([a-z.]+)` \\| [^|]+ \\| ([^|]+) \\|$", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("[`\"]([a-z.]+)[`\"]");
    private static final Pattern RULE = Pattern.compile("=\\s*mayImport\\(([^)]+)\\)");

    /** The dependencies of packages without a rule. */
    private static final Map<String, String> OTHERS = Map.of("cli", "all but `http`", "event", "only the JDK");

    private final String page = Documentation.page("architecture.md").text();

    @Test
    void everyPackageHasItsRow() throws IOException {
        try (Stream<Path> folders = Files.list(SOURCES)) {
            assertThat(rows().keySet().stream().filter(name -> !name.contains(".")))
                    .containsExactlyInAnyOrderElementsOf(folders.filter(Files::isDirectory)
                            .map(folder -> folder.getFileName().toString())
                            .toList());
        }
    }

    @Test
    void rowsAllowWhatTheRulesAllow() throws IOException {
        var allowed = new TreeMap<String, Set<String>>();
        RULE.matcher(Files.readString(Path.of("src/test/java/io/usageexporter/ArchitectureTest.java")))
                .results()
                .map(rule -> names(rule.group(1)))
                .forEach(names -> allowed.put(names.get(0), new TreeSet<>(names.subList(1, names.size()))));
        var documented = new TreeMap<String, Set<String>>();
        rows().forEach((name, uses) -> {
            if (OTHERS.containsKey(name)) {
                assertThat(uses).as(name).isEqualTo(OTHERS.get(name));
                documented.put(name, allowed.getOrDefault(name, Set.of()));
            } else {
                documented.put(name, new TreeSet<>(names(uses)));
            }
        });
        allowed.put("cli", Set.of());

        allowed.forEach((name, uses) ->
                assertThat(documented.get(name)).as("what %s uses", name).isEqualTo(uses));
        assertThat(documented).containsOnlyKeys(allowed.keySet());
    }

    @Test
    void everyClassThatIsNamedExists() throws IOException {
        Set<String> classes;
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            classes = files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".java"))
                    .map(file -> file.replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        List<String> named = Pattern.compile("`([A-Z][a-z]\\w+)`")
                .matcher(page + Documentation.page("contributing.md").text())
                .results()
                .map(name -> name.group(1))
                .toList();

        assertThat(named).isNotEmpty().isSubsetOf(classes);
    }

    /** The dependencies of each package. */
    private Map<String, String> rows() {
        var rows = new LinkedHashMap<String, String>();
        ROW.matcher(page).results().forEach(row -> rows.put(row.group(1), row.group(2)));
        return rows;
    }

    private static List<String> names(String text) {
        return NAME.matcher(text).results().map(name -> name.group(1)).toList();
    }
}
