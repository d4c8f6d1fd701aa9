package io.usageexporter.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What GitHub reads, which says nothing when it cannot. */
class GitHubFilesTest {
    private static final Path FOLDER = Path.of(".github");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]+)");

    @Test
    void theWorkflowRunsTheOneCommandOnEveryJavaThatIsSupported() throws Exception {
        JsonNode job = yaml(FOLDER.resolve("workflows/ci.yml")).at("/jobs/verify");
        assertThat(job.findValuesAsText("run")).contains(".ci/run");
        assertThat(Files.isExecutable(Path.of(".ci/run"))).isTrue();
        assertThat(job.at("/strategy/matrix/java")).extracting(JsonNode::asInt).containsExactly(17, 21, 25);
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("<maven.compiler.release>17</maven.compiler.release>");
    }

    @Test
    void issueFormsHaveWhatGitHubRequires() throws Exception {
        for (Path form : files("yml", FOLDER.resolve("ISSUE_TEMPLATE"))) {
            if (form.endsWith("config.yml")) {
                continue;
            }
            JsonNode yaml = yaml(form);
            assertThat(yaml.path("name").asText()).as(form.toString()).isNotBlank();
            assertThat(yaml.path("description").asText()).as(form.toString()).isNotBlank();
            Set<String> ids = new HashSet<>();
            for (JsonNode field : yaml.withArray("body")) {
                if (field.path("type").asText().equals("markdown")) {
                    assertThat(field.at("/attributes/value").asText()).isNotBlank();
                } else {
                    assertThat(field.path("type").asText()).isIn("textarea", "input", "dropdown", "checkboxes");
                    assertThat(ids.add(field.path("id").asText()))
                            .as("%s: %s", form, field)
                            .isTrue();
                    assertThat(field.at("/attributes/label").asText()).isNotBlank();
                }
            }
            assertThat(ids).isNotEmpty();
        }
    }

    @Test
    void dependabotLooksIntoFoldersThatHaveWhatItUpdates() throws Exception {
        JsonNode updates = yaml(FOLDER.resolve("dependabot.yml")).withArray("updates");
        assertThat(updates).isNotEmpty();
        for (JsonNode update : updates) {
            String file = switch (update.path("package-ecosystem").asText()) {
                case "maven" -> "pom.xml";
                case "docker" -> "Dockerfile";
                case "docker-compose" -> "docker-compose.yml";
                case "github-actions" -> ".github/workflows/ci.yml";
                default -> throw new AssertionError(update);
            };
            assertThat(Path.of("." + update.path("directory").asText(), file)).exists();
            assertThat(update.at("/schedule/interval").asText()).isEqualTo("weekly");
        }
    }

    @Test
    void linksOfPagesLeadToFiles() throws Exception {
        List<Path> pages = files("md", FOLDER);
        assertThat(pages).extracting(page -> page.getFileName().toString()).contains("SECURITY.md", "CONTRIBUTING.md");
        for (Path page : pages) {
            LINK.matcher(Files.readString(page))
                    .results()
                    .forEach(link -> assertThat(FOLDER.resolve(link.group(1))).exists());
        }
    }

    private static List<Path> files(String extension, Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith("." + extension))
                    .toList();
        }
    }

    private static JsonNode yaml(Path file) throws IOException {
        return new YAMLMapper().readTree(file.toFile());
    }
}
