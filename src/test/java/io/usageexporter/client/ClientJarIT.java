package io.usageexporter.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.usageexporter.testing.ClassPathJar;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.Pom;
import io.usageexporter.testing.ProcessRunner;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client as an artifact of its own. */
class ClientJarIT {
    private static final Path JAR = Path.of("target/usage-exporter-client.jar").toAbsolutePath();
    private static final String POM = "META-INF/maven/io.usageexporter/usage-exporter-client/pom.xml";

    private final List<ClassPathJar> classPath = ClassPathJar.all();

    @TempDir
    Path folder;

    @Test
    void dependsOnlyOnJacksonAndNullAnnotations() throws Exception {
        assertThat(declared())
                .containsExactlyInAnyOrder("com.fasterxml.jackson.core:jackson-databind", "org.jspecify:jspecify");
        assertThat(ClassPathJar.classes(JAR)).allMatch(name -> name.startsWith("io/usageexporter/"));
        assertThat(Files.size(JAR)).isLessThan(200_000);
        assertThat(ClassPathJar.text(JAR, POM)).doesNotContain("${");
    }

    @Test
    void containsEveryClassOfOursThatItsClassesUse() throws Exception {
        try (var jar = new JarFile(JAR.toFile())) {
            JavaClasses classes = new ClassFileImporter().importJar(jar);
            assertThat(classes.stream()
                            .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
                            .map(dependency -> dependency
                                    .getTargetClass()
                                    .getBaseComponentType()
                                    .getName())
                            .filter(name -> name.startsWith("io.usageexporter.")))
                    .isNotEmpty()
                    .allMatch(classes::contain);
        }
    }

    @Test
    void recordsAndReadsWithOnlyItsDeclaredDependencies() throws Exception {
        Map<String, Path> libraries = new LinkedHashMap<>();
        declared().forEach(name -> add(name, libraries));
        Path source = Files.writeString(folder.resolve("Application.java"), """
                import io.usageexporter.client.UsageClient;
                import io.usageexporter.client.UsageRecord;
                import java.time.Duration;

                class Application {
                    public static void main(String[] arguments) throws Exception {
                        try (var client = UsageClient.builder().url(arguments[0]).build()) {
                            client.record(UsageRecord.of("anthropic").category("search").amount("tokens", 12));
                            client.record(UsageRecord.of("anthropic").usage("{\\"input_tokens\\": 5}"));
                            System.out.println(client.flush(Duration.ofSeconds(30)));
                            System.out.println(client.summary().at("/used/anthropic/daily/tokens"));
                        }
                    }
                }
                """);
        try (var exporter = new JarExporter(folder)) {
            ProcessRunner.Result result = ProcessRunner.run(
                    folder,
                    "",
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-classpath",
                            Stream.concat(Stream.of(JAR), libraries.values().stream())
                                    .map(Path::toString)
                                    .collect(Collectors.joining(File.pathSeparator)),
                            source.toString(),
                            "http://127.0.0.1:" + exporter.http().port()));
            assertThat(result).isEqualTo(new ProcessRunner.Result(0, "0\n17\n", ""));
        }
    }

    private Set<String> declared() throws Exception {
        return Pom.dependencies(Files.writeString(folder.resolve("pom.xml"), ClassPathJar.text(JAR, POM)));
    }

    private void add(String name, Map<String, Path> libraries) {
        ClassPathJar library = classPath.stream()
                .filter(each -> each.pom().name().equals(name))
                .findFirst()
                .orElseThrow();
        if (libraries.putIfAbsent(name, library.file()) == null) {
            library.pom().dependencies().forEach(each -> add(each, libraries));
        }
    }
}
