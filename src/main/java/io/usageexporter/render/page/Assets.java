package io.usageexporter.render.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;

/** The files that the page loads, out of the jar. Their links change with their content, so that they may be cached. */
public enum Assets {
    STYLE("page.css", "text/css; charset=utf-8"),
    SCRIPT("page.js", "text/javascript; charset=utf-8"),
    ICON("icon.svg", "image/svg+xml");

    private final String name;
    private final String contentType;
    private final String content;

    Assets(String name, String contentType) {
        this.name = name;
        this.contentType = contentType;
        try (InputStream stream = Assets.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IOException("the jar lacks " + name);
            }
            this.content = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is served. */
    public String path() {
        return "/usage/" + name;
    }

    /** How the page at {@code /usage} links to it: relative, so that it may be served below another path. */
    public String link() {
        var sum = new CRC32();
        sum.update(content.getBytes(StandardCharsets.UTF_8));
        return "usage/" + name + "?" + String.format(Locale.ROOT, "%08x", sum.getValue());
    }

    /** Its media type. */
    public String contentType() {
        return contentType;
    }

    /** The whole file. */
    public String content() {
        return content;
    }
}
