package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeExampleTest {
    /** ReadmeIT runs it. */
    @Test
    void theReadmeShowsTheExampleAsItCompiles() throws IOException {
        String example = Files.readString(Path.of("src/test/java/io/usageexporter/Example.java"));

        assertThat(Files.readString(Path.of("README.md")))
                .contains("```java\n" + example.replaceFirst("package .*;\n\n", "") + "```\n");
    }
}
