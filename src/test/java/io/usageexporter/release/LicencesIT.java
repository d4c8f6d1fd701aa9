package io.usageexporter.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.ClassPathJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

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

    @Test
    void everyLibraryInTheJarIsListedWithALicenceThatItsAuthorsDeclare() throws Exception {
        List<String> lines = ClassPathJar.text(JAR, "META-INF/THIRD-PARTY")
                .lines()
                .filter(line -> line.matches("[\\w.]+:\\S+ .*"))
                .toList();
        List<ClassPathJar> shipped = shipped();
        assertThat(lines)
                .extracting(line -> line.substring(0, line.indexOf(' ')))
                .containsExactlyElementsOf(shipped.stream()
                        .map(library -> library.pom().name())
                        .sorted()
                        .toList());
        for (ClassPathJar library : shipped) {
            String declared = library.pom().licences().stream()
                    .map(LicencesIT::identifier)
                    .filter(licence -> lines.stream()
                            .anyMatch(line -> line.matches(library.pom().name() + " +" + licence)))
                    .findFirst()
                    .orElse("none of " + library.pom().licences());
            assertThat(declared).as(library.pom().name()).doesNotStartWith("none");
        }
    }

    @Test
    void everyClassInTheJarIsOursOrOfALibraryThatIsListed() throws Exception {
        Set<String> classes = ClassPathJar.classes(JAR);
        for (ClassPathJar library : shipped()) {
            classes.removeAll(ClassPathJar.classes(library.file()));
        }
        assertThat(classes).isNotEmpty().allMatch(name -> name.startsWith("io/usageexporter/"));
    }

    /** The SPDX identifier of a licence that is named in many ways. */
    private static String identifier(String name) {
        return name.contains("Apache") ? "Apache-2.0" : name.contains("CC0") ? "CC0-1.0" : name;
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
