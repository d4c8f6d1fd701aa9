package io.usageexporter.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The image's recipe; what it runs, ImageIT runs. */
class DockerfileTest {
    private final Dockerfile dockerfile;

    DockerfileTest() throws IOException {
        dockerfile = Dockerfile.read();
    }

    @Test
    void theBasesAreOfficialAndPinned() throws IOException {
        assertThat(dockerfile.all("FROM"))
                .allMatch(base -> base.matches(
                        "(maven:\\d+\\.\\d+\\.\\d+-eclipse-temurin-17|debian:\\d+\\.\\d+-slim)( AS \\w+)?"));
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("<maven.compiler.release>17</maven.compiler.release>");
    }

    @Test
    void itsLabelHasTheVersion() throws IOException {
        assertThat(dockerfile.ofTheImage("LABEL"))
                .singleElement()
                .asString()
                .contains("image.version=\"" + Dockerfile.version() + "\"");
    }

    @Test
    void theImageRunsAsNobodyAndIsChecked() {
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
    void whatItCopiesExistsAndMayBeRead() {
        assertThat(dockerfile.all("COPY"))
                .filteredOn(copy -> !copy.startsWith("--from="))
                .isNotEmpty()
                .allSatisfy(copy -> {
                    Path source = Path.of(copy.replaceFirst(" .*", ""));
                    assertThat(source).exists();
                    assertThat(mayBeRead(source)).isTrue();
                });
    }

    private static boolean mayBeRead(Path path) {
        return lines(Dockerfile.FOLDER.resolve("Dockerfile.dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .anyMatch(line -> path.startsWith(line.substring(1)));
    }

    @Test
    void theBuildMayReadWhatItReads() throws IOException {
        String pom = Files.readString(Path.of("pom.xml")).replaceFirst("(?s)<profiles>.*</profiles>", "");
        assertThat(Pattern.compile("(?:\\$\\{(?:project\\.)?basedir}/|<directory>)([^<]+)")
                        .matcher(pom)
                        .results())
                .isNotEmpty()
                .allMatch(match -> mayBeRead(Path.of(match.group(1))));
    }

    @Test
    void itsScriptsCanBeRun() throws IOException {
        try (Stream<Path> files = Files.list(Dockerfile.FOLDER)) {
            assertThat(files.filter(DockerfileTest::startsWithAShell))
                    .hasSize(3)
                    .allSatisfy(script -> assertThat(script).isExecutable());
        }
    }

    private static boolean startsWithAShell(Path file) {
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
