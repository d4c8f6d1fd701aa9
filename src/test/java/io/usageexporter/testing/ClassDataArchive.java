package io.usageexporter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** The classes of a running exporter, archived by the JVM, with which the packaged exporter starts in half the time. */
final class ClassDataArchive {
    private static final Path FILE = Path.of(
                    "target", "usage-exporter-" + Runtime.version().feature() + ".jsa")
            .toAbsolutePath();

    private ClassDataArchive() {}

    /** The archive for a jar, created when it is missing or older than the jar, by one process and thread at a time. */
    static synchronized Path of(Path jar) {
        Path lock = Path.of(FILE + ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(); // until it is closed
            if (!Files.exists(FILE) || Files.getLastModifiedTime(FILE).compareTo(Files.getLastModifiedTime(jar)) < 0) {
                create(jar);
            }
            return FILE;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void create(Path jar) throws IOException, InterruptedException {
        Files.deleteIfExists(FILE);
        Path folder = Files.createTempDirectory("archive");
        List<String> command = ProcessRunner.java("128m", "-XX:ArchiveClassesAtExit=" + FILE);
        command.addAll(List.of("-jar", jar.toString(), "--web.listen-address=127.0.0.1:0"));
        try (var exporter = new JarExporter(folder, Map.of(), command)) {
            exporter.record("{\"provider\": \"apify\", \"usage\": {\"compute_units\": 1}}");
            exporter.http().get("/usage");
            exporter.http().get("/metrics");
            exporter.terminate();
        } finally {
            Folders.delete(folder);
        }
    }
}
