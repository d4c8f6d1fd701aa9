package io.usageexporter.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.usageexporter.testing.Documentation;
import io.usageexporter.testing.Documentation.Block;
import io.usageexporter.testing.Documentation.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** README and pages: short, linked, and without a block that nothing runs. */
class DocumentationTest {
    private static final int MAX_README_LINES = 200;
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)|\\ssrc=\"([^\"]+)\"");
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);
    /** The variable parts of a message: an ellipsis, or a path, an address, a number. */
    private static final String VALUE = "…|(?:https?:/)?/\\S+|[\\d.]+(?::\\d+)?|api\\.anthropic\\.com, ";

    private static final Set<String> RUN = Set.of("sh", "java", "yaml", "bash", "python");

    @Test
    void readmeIsAFrontDoorNotAManual() {
        assertThat(Documentation.readme().text().lines()).hasSizeLessThanOrEqualTo(MAX_README_LINES);
    }

    @Test
    void readmeLinksEveryPage() {
        assertThat(links(Documentation.readme()))
                .containsAll(Documentation.pages().stream()
                        .map(page -> page.file().toString())
                        .filter(file -> !file.equals("README.md"))
                        .toList());
    }

    @Test
    void everyPageHasTheSameMenuOfAllPages() {
        List<Page> pages = Documentation.pages().stream()
                .filter(page -> !page.file().equals(Documentation.README))
                .toList();
        String menu = menu(pages.get(0));

        assertThat(pages)
                .allSatisfy(page -> assertThat(menu(page)).as(page.toString()).isEqualTo(menu));
        assertThat(targets(menu))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of("../../README.md"),
                                pages.stream()
                                        .map(page -> page.file().getFileName().toString()))
                        .toList());
    }

    /** The line below the title. */
    private static String menu(Page page) {
        return page.text().lines().toList().get(2);
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        for (Page page : Documentation.pages()) {
            for (String link : links(page)) {
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty() ? page.file() : folder(page).resolve(parts[0]);
                assertThat(target).as(page + ": " + link).exists();
                if (parts.length == 2) {
                    assertThat(anchors(Files.readString(target)))
                            .as(page + ": " + link)
                            .contains(parts[1]);
                }
            }
        }
    }

    @Test
    void everyPictureIsShown() throws IOException {
        var shown = new HashSet<Path>();
        for (Page page : Documentation.pages()) {
            for (String link : links(page)) {
                shown.add(folder(page).resolve(link).normalize());
            }
        }
        try (Stream<Path> files = Files.list(Path.of("src/docs"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".png"))).isSubsetOf(shown);
        }
    }

    private static Path folder(Page page) {
        Path folder = page.file().getParent();
        return folder == null ? Path.of("") : folder;
    }

    /** Links to files of this repository. */
    private static List<String> links(Page page) {
        return targets(CODE.matcher(page.prose()).replaceAll("code"));
    }

    private static List<String> targets(String text) {
        return LINK.matcher(text)
                .results()
                .map(link -> link.group(1) == null ? link.group(2) : link.group(1))
                .filter(link -> !link.matches("[a-z]+:.*"))
                .toList();
    }

    /** The anchors of headings on GitHub. */
    private static Set<String> anchors(String text) {
        return HEADING.matcher(text)
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    /**
     * DocumentationIT runs sh, java, yaml and bash, and compares text with the output of the block before it;
     * test_usage_tracker.py runs python. Blocks without a language are commands of the build, of Docker or of
     * deployment, which are checked here, or the forecast's table, which ForecastBackTest prints.
     */
    @Test
    void everyBlockIsRun() throws IOException {
        for (Page page : Documentation.pages()) {
            assertThat(page.prose()).as(page.toString()).doesNotContain("```", "~~~");
            String before = "";
            for (Block block : page.blocks()) {
                switch (block.language()) {
                    case "" -> checkCommands(page, block);
                    case "nginx", "caddy" ->
                        assertThat(page.file()).hasFileName("gateway.md"); // ReverseProxyTest runs it
                    case "text" ->
                        assertThat(before)
                                .as(page + ": prints\n" + block.text())
                                .isIn("sh", "java");
                    default ->
                        assertThat(block.language())
                                .as(page + ": runs\n" + block.text())
                                .isIn(RUN);
                }
                before = block.language();
            }
        }
    }

    private static void checkCommands(Page page, Block block) throws IOException {
        if (block.text().startsWith("window   use")) {
            assertThat(page.file()).hasFileName("forecast.md");
            return;
        }
        for (String line : block.text().lines().toList()) {
            String command = line.replaceFirst("\\s+#.*", "");
            if (command.startsWith("mvn ")) {
                checkMaven(command);
            } else if (command.startsWith("docker compose ")) {
                checkCompose(command);
            } else if (command.startsWith("sudo ") || command.startsWith("kubectl ")) {
                checkPaths(command);
            } else {
                fail(page + ": nothing runs\n" + line);
            }
        }
    }

    /** The profiles and properties of the command must exist. */
    private static void checkMaven(String command) throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        for (String profile : options(command, "-P([\\w-]+)")) {
            assertThat(pom).as(command).contains("<id>" + profile + "</id>");
        }
        for (String property : options(command, "-D([\\w.]+)")) {
            if (!Set.of("skipTests", "test", "it.test").contains(property)) {
                assertThat(pom).as(command).contains("<" + property + ">");
            }
        }
    }

    private static void checkCompose(String command) throws IOException {
        String compose = Files.readString(Path.of("docker-compose.yml"));
        for (String profile : options(command, "--profile (\\w+)")) {
            assertThat(compose).as(command).contains("profiles: [" + profile + "]");
        }
    }

    /** The files of this repository that the command names must exist; the tests of deployment run what it does. */
    private static void checkPaths(String command) {
        for (String path : options(command, "\\b(src/\\S+)")) {
            assertThat(Path.of(path)).as(command).exists();
        }
    }

    private static List<String> options(String command, String option) {
        return Pattern.compile(option)
                .matcher(command)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Test
    void commandsInsideSentencesNameWhatExists() throws IOException {
        for (Page page : Documentation.pages()) {
            for (String code : codes(page)) {
                if (code.startsWith("mvn ")) {
                    checkMaven(code);
                } else if (code.startsWith("docker compose ")) {
                    checkCompose(code);
                }
            }
        }
    }

    @Test
    void everyDecisionSaysWhyAndWhenToLookAgain() {
        String[] sections = Documentation.page("rationale.md").text().split("(?m)^## ", -1);

        assertThat(sections).hasSizeGreaterThan(10);
        assertThat(List.of(sections).subList(1, sections.length))
                .allSatisfy(section -> assertThat(section)
                        .containsSubsequence("**What.** ", "**Why.** ", "**Rejected.** ", "**Look again.** "));
    }

    @Test
    void readmeBeginsWithTheTwoCommands() {
        assertThat(Documentation.readme().blocks("").stream().map(Block::text))
                .startsWith("mvn -q -DskipTests package && java -jar target/usage-exporter.jar\n", "mvn verify\n");
    }

    /** DocumentationIT runs it. */
    @Test
    void javaExampleIsTheOneThatCompiles() throws IOException {
        String example = Files.readString(Path.of("src/test/java/io/usageexporter/documentation/Example.java"));

        assertThat(Documentation.page("java.md").blocks("java"))
                .containsExactly(new Block("java", example.replaceFirst("package .*;\n\n", "")));
    }

    @Test
    void javaClientIsNamedWithTheVersionOfThePom() throws IOException {
        String version = options(Files.readString(Path.of("pom.xml")), "<version>([^<]+)")
                .get(0);

        assertThat(Documentation.page("java.md").text()).contains("io.usageexporter:usage-exporter-client:" + version);
    }

    /** So that no message is changed without its quotation. */
    @Test
    void messagesThatTroubleshootingQuotesAreInTheSources() throws IOException {
        String sources = sources();
        List<String> messages = codes(Documentation.page("troubleshooting.md")).stream()
                .filter(code -> code.split(" ").length > 3 && !code.startsWith("curl "))
                .toList();

        assertThat(messages).hasSizeGreaterThan(10);
        for (String message : messages) {
            for (String part : message.split(VALUE, -1)) {
                assertThat(unknown(sources, part.strip().split(" ")))
                        .as(message)
                        .isEmpty();
            }
        }
    }

    /** The first word that does not follow its predecessor anywhere in the sources, which concatenate messages. */
    private static String unknown(String sources, String[] words) {
        int from = 0;
        while (from < words.length - 1) {
            int to = words.length;
            while (to > from + 1 && !sources.contains(joined(words, from, to))) {
                to--;
            }
            if (to == from + 1) {
                return words[from];
            }
            from = to;
        }
        return "";
    }

    private static String joined(String[] words, int from, int to) {
        return String.join(" ", List.of(words).subList(from, to)).replaceFirst("[,;:]$", "");
    }

    /** All sources, with concatenated strings joined and placeholders removed. */
    private static String sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            var all = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file));
            }
            return all.toString().replaceAll("\"\\s*\\+\\s*\"", "").replace("''", "'");
        }
    }

    private static List<String> codes(Page page) {
        return CODE.matcher(page.prose())
                .results()
                .map(MatchResult::group)
                .map(code -> code.substring(1, code.length() - 1))
                .toList();
    }
}
