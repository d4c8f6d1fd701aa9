package io.usageexporter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** README.md and the pages of src/docs. */
public final class Documentation {
    /** Below the root of the repository, as all files. */
    public static final Path README = Path.of("README.md");

    private static final Path FOLDER = Path.of("src", "docs");
    private static final Pattern BLOCK = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private Documentation() {}

    /**
     * A fenced block.
     *
     * @param language after the opening fence; may be empty
     */
    public record Block(String language, String text) {}

    /** One file. */
    public record Page(Path file, String text) {
        static Page read(Path file) {
            try {
                return new Page(file, Files.readString(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The fenced blocks in order. */
        public List<Block> blocks() {
            return BLOCK.matcher(text)
                    .results()
                    .map(block -> new Block(block.group(1), block.group(2)))
                    .toList();
        }

        /** The blocks in one language. */
        public List<Block> blocks(String language) {
            return blocks().stream()
                    .filter(block -> block.language().equals(language))
                    .toList();
        }

        /** The text without its fenced blocks. */
        public String prose() {
            return BLOCK.matcher(text).replaceAll("");
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }

    /** README.md. */
    public static Page readme() {
        return Page.read(README);
    }

    /** A page of src/docs. */
    public static Page page(String name) {
        return Page.read(FOLDER.resolve(name));
    }

    /** README.md first, then src/docs by name. */
    public static List<Page> pages() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return Stream.concat(
                            Stream.of(README),
                            files.filter(file -> file.toString().endsWith(".md"))
                                    .sorted())
                    .map(Page::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
