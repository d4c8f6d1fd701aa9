package io.usageexporter.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The service for systemd. */
record ServiceUnit(String text) {
    static final Path FILE = Path.of("src/main/systemd/usage-exporter.service");
    static final String STATE = "%S/usage-exporter";
    private static final String HOME = "/opt/usage-exporter";

    static ServiceUnit read() throws IOException {
        return new ServiceUnit(Files.readString(FILE));
    }

    /** With its program in another folder, where a test can put it. */
    ServiceUnit withHome(Path folder) {
        return new ServiceUnit(text.replace(HOME, folder.toString()));
    }

    /** The values of a setting. */
    List<String> values(String setting) {
        String key = setting + "=";
        return text.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()))
                .toList();
    }

    String value(String setting) {
        return values(setting).get(0);
    }
}
