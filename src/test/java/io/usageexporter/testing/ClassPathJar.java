package io.usageexporter.testing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** A library on the tests' class path, with its POM from the local repository. */
public record ClassPathJar(Path file, Pom pom) {

    public static List<ClassPathJar> all() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .flatMap(entry -> of(Path.of(entry)).stream())
                .toList();
    }

    private static Optional<ClassPathJar> of(Path file) {
        Path pom = Path.of(file.toString().replaceFirst("\\.jar$", ".pom"));
        return Files.exists(pom) ? Optional.of(new ClassPathJar(file, Pom.read(pom))) : Optional.empty();
    }

    /** As its folder in the repository is named. */
    public String version() {
        return file.resolveSibling("").getFileName().toString();
    }

    /** The names of the classes in a jar, without module descriptors. */
    public static Set<String> classes(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
                    .collect(Collectors.toSet());
        }
    }

    /** The text of a file in a jar. */
    public static String text(Path jar, String name) throws IOException {
        try (var file = new JarFile(jar.toFile());
                InputStream entry = file.getInputStream(file.getEntry(name))) {
            return new String(entry.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
