package io.usageexporter.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.ClassPathJar;
import io.usageexporter.testing.Pom;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user of the jars may do with them, and with what others wrote in them. */
class LicencesIT {
    private static final Path JAR = Path.of("target/usage-exporter.jar");
    private static final Path CLIENT = Path.of("target/usage-exporter-client.jar");

    @Test
    void theJarsContainTheLicence() throws Exception {
        String licence = Files.readString(Path.of("src/main/resources/META-INF/LICENSE"));
        assertThat(ClassPathJar.text(JAR, "META-INF/LICENSE"))
                .isEqualTo(licence)
                .contains("Apache License");
        assertThat(ClassPathJar.text(CLIENT, "META-INF/LICENSE")).isEqualTo(licence);
    }

    /** With -Dgolden.write=true the list is written again, as after a change of a dependency. */
    @Test
    void everyLibraryInTheJarIsListedWithItsVersionAndTheLicenceThatItsAuthorsDeclare() throws Exception {
        String expected = Sbom.of(Pom.version(Path.of("pom.xml")), shipped());
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(Sbom.FILE, expected);
        }

        assertThat(Files.readString(Sbom.FILE))
                .as("to update it: mvn verify -Dit.test=LicencesIT -Dgolden.write=true")
                .isEqualTo(expected);
        assertThat(ClassPathJar.text(JAR, Sbom.NAME)).isEqualTo(expected);
    }

    @Test
    void listIsValidCycloneDx() throws Exception {
        assertThat(Sbom.validate(Sbom.FILE)).isEqualTo("valid");
    }

    @Test
    void mistakesInTheListAreNoticed(@TempDir Path folder) throws Exception {
        String right = Files.readString(Sbom.FILE);
        for (String wrong : List.of(
                right.replaceFirst("\"Apache-2.0\"", "\"Apache 2\""),
                right.replaceFirst("\"purl\"", "\"url\""),
                right.replaceFirst("\"content\" : \"", "\"content\" : \"x"))) {
            assertThat(wrong).isNotEqualTo(right);
            assertThat(Sbom.validate(Files.writeString(folder.resolve("sbom.json"), wrong)))
                    .contains("/component");
        }
    }

    @Test
    void commandPrintsTheListAndTheNotices() throws Exception {
        List<String> lines = run("licenses").out().lines().toList();

        List<String> libraries = shipped().stream()
                .map(library -> library.pom().name() + " " + library.version() + " ")
                .toList();
        assertThat(lines.subList(0, lines.indexOf("")))
                .hasSameSizeAs(libraries)
                .allSatisfy(line ->
                        assertThat(line).matches("[\\w.-]+:[\\w.-]+ \\d\\S* (Apache-2.0|BSD-2-Clause|CC0-1.0|MIT)"))
                .allSatisfy(line -> assertThat(libraries).anyMatch(line::startsWith));
        assertThat(lines).anyMatch(line -> line.contains("SQLite (public domain)"));
        assertThat(run("licenses", "--sbom").out()).isEqualTo(Files.readString(Sbom.FILE));
    }

    private static Result run(String... arguments) throws Exception {
        Result result = ProcessRunner.run(Path.of("."), "", ProcessRunner.jar(arguments));
        assertThat(result.status()).as(result.err()).isZero();
        return result;
    }

    @Test
    void everyClassInTheJarIsOursOrOfALibraryThatIsListed() throws Exception {
        Set<String> classes = ClassPathJar.classes(JAR);
        for (ClassPathJar library : shipped()) {
            classes.removeAll(ClassPathJar.classes(library.file()));
        }
        assertThat(classes).isNotEmpty().allMatch(name -> name.startsWith("io/usageexporter/"));
    }

    private static List<ClassPathJar> shipped() throws IOException {
        Set<String> classes = ClassPathJar.classes(JAR);
        var shipped = new ArrayList<ClassPathJar>();
        for (ClassPathJar library : ClassPathJar.all()) {
            Set<String> own = ClassPathJar.classes(library.file());
            if (!own.isEmpty() && classes.containsAll(own)) {
                shipped.add(library);
            }
        }
        return shipped;
    }
}
