package io.usageexporter.render.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;

/** Static files of the page, from the jar. Links contain a checksum of the content, so that clients can cache them. */
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

    /** The path at which it is served. */
    public String path() {
        return "/usage/" + name;
    }

    /** The link from {@code /usage}: relative, so that it works behind a path prefix. */
    public String link() {
        var sum = new CRC32();
        sum.update(content.getBytes(StandardCharsets.UTF_8));
        return "usage/" + name + "?" + String.format(Locale.ROOT, "%08x", sum.getValue());
    }

    /** Its media type. */
    public String contentType() {
        return contentType;
    }

    /** The content of the file. */
    public String content() {
        return content;
    }
}
