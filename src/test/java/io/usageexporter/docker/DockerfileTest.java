package io.usageexporter.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Pom;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The instructions of the Dockerfile; ImageIT runs their result. */
class DockerfileTest {
    private final Dockerfile dockerfile;

    DockerfileTest() throws IOException {
        dockerfile = Dockerfile.read();
    }

    @Test
    void baseImagesAreOfficialAndPinned() throws IOException {
        assertThat(dockerfile.all("FROM"))
                .allMatch(base -> base.matches(
                        "(maven:\\d+\\.\\d+\\.\\d+-eclipse-temurin-17|debian:\\d+\\.\\d+-slim)( AS \\w+)?"));
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("<maven.compiler.release>17</maven.compiler.release>");
    }

    @Test
    void labelHasTheVersion() throws IOException {
        assertThat(dockerfile.ofTheImage("LABEL"))
                .singleElement()
                .asString()
                .contains("image.version=\"" + Pom.version(Path.of("pom.xml")) + "\"");
    }

    @Test
    void imageRunsUnprivilegedWithAHealthCheck() {
        assertThat(dockerfile.ofTheImage("USER")).containsExactly("65532:65532");
        assertThat(dockerfile.ofTheImage("ENTRYPOINT")).containsExactly("[\"usage-exporter\"]");
        assertThat(dockerfile.ofTheImage("HEALTHCHECK"))
                .singleElement()
                .asString()
                .endsWith("CMD [\"usage-exporter\", \"healthcheck\"]");
        assertThat(dockerfile.ofTheImage("VOLUME")).containsExactly("/data");
        assertThat(dockerfile.ofTheImage("EXPOSE")).containsExactly("5000");
        assertThat(dockerfile.ofTheImage("ENV"))
                .contains(
                        "USAGE_EXPORTER_WEB_LISTEN_ADDRESS=0.0.0.0:5000",
                        "USAGE_EXPORTER_STORAGE_PATH=/data/usage.db",
                        "SQLITE_TMPDIR=/data");
    }

    @Test
    void everyCopiedPathExistsInTheBuildContext() {
        assertThat(dockerfile.all("COPY"))
                .filteredOn(copy -> !copy.startsWith("--from="))
                .isNotEmpty()
                .allSatisfy(copy -> {
                    Path source = Path.of(copy.replaceFirst(" .*", ""));
                    assertThat(source).exists();
                    assertThat(isInBuildContext(source)).isTrue();
                });
    }

    private static boolean isInBuildContext(Path path) {
        return lines(Dockerfile.FOLDER.resolve("Dockerfile.dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .anyMatch(line -> path.startsWith(line.substring(1)));
    }

    @Test
    void everyPathUsedByTheBuildIsInTheBuildContext() throws IOException {
        String pom = Files.readString(Path.of("pom.xml")).replaceFirst("(?s)<profiles>.*</profiles>", "");
        assertThat(Pattern.compile("(?:\\$\\{(?:project\\.)?basedir}/|<directory>)([^<]+)")
                        .matcher(pom)
                        .results())
                .isNotEmpty()
                .allMatch(match -> isInBuildContext(Path.of(match.group(1))));
    }

    @Test
    void scriptsAreExecutable() throws IOException {
        try (Stream<Path> files = Files.list(Dockerfile.FOLDER)) {
            assertThat(files.filter(DockerfileTest::isShellScript))
                    .hasSize(3)
                    .allSatisfy(script -> assertThat(script).isExecutable());
        }
    }

    private static boolean isShellScript(Path file) {
        return lines(file).contains("#!/bin/sh");
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
