package io.usageexporter;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/**
 * The running version, from the jar's manifest.
 *
 * @param number such as 0.1.0; "development" outside a jar
 * @param revision the abbreviated commit, or "unknown"
 */
public record Version(String number, String revision) {
    /** The version of this program. */
    public static Version current() {
        URL manifest = Version.class.getResource("/META-INF/MANIFEST.MF");
        String number = Version.class.getPackage().getImplementationVersion();
        if (number == null || manifest == null) {
            return new Version("development", "unknown");
        }
        try (InputStream stream = manifest.openStream()) {
            Attributes attributes = new Manifest(stream).getMainAttributes();
            String revision = attributes.getValue("Implementation-Revision");
            boolean known = revision != null && !revision.startsWith("${");
            return new Version(number, known ? revision : "unknown");
        } catch (IOException e) {
            return new Version(number, "unknown");
        }
    }
}
