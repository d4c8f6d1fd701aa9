package io.usageexporter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The data of a server that was never started, made once in this process: copies of it take a tenth of the time. */
final class PostgresTemplate {
    private static @Nullable Path data;

    private PostgresTemplate() {}

    static synchronized Path data(String superuser, String password) throws IOException, InterruptedException {
        if (data == null) {
            data = create(superuser, password);
        }
        return data;
    }

    private static Path create(String superuser, String password) throws IOException, InterruptedException {
        int version = PostgresTools.version();
        Path folder = PostgresTools.folder("postgres");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        Path passwordFile = PostgresTools.own(Files.writeString(folder.resolve("password"), password));
        Path created = folder.resolve("data");
        var arguments = new ArrayList<>(List.of(
                "--pgdata=" + created,
                "--username=" + superuser,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
                "--no-sync"));
        if (version >= 15) {
            // Sorts text otherwise than SQLite does, like most servers.
            arguments.addAll(List.of("--locale-provider=icu", "--icu-locale=en-US"));
        }
        PostgresTools.run(folder, Map.of(), "initdb", arguments);
        return created;
    }

    private static void delete(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
