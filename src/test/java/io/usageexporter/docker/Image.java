package io.usageexporter.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.ProcessRunner.Result;
import io.usageexporter.testing.RequiredTool;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is in the image, made in a folder by the image's own scripts, and run as it is there: as nobody, without
 * capabilities, with nothing to write to but the folder of the data. Where the machine does not allow that, it is run
 * as whoever runs the tests.
 */
final class Image {
    static final String JAVA_HOME = System.getProperty("java.home");
    static final Path JAR = Path.of("target", "usage-exporter.jar");
    static final Duration A_WHILE = Duration.ofMinutes(5);

    /** Makes all read-only but the folder that is its first argument, and becomes nobody. */
    private static final List<String> BOX = List.of(
            "unshare",
            "--mount",
            "sh",
            "-euc",
            "mount --bind \"$1\" \"$1\"; mount -o remount,bind,ro /; shift;"
                    + " exec setpriv --reuid=65532 --regid=65532 --clear-groups --no-new-privs --bounding-set=-all \"$@\"",
            "box");

    private final Path home;
    private final boolean boxed;

    /** Needs a JDK that can make runtimes. */
    Image(Path home) throws Exception {
        RequiredTool.require(Path.of(JAVA_HOME, "jmods", "java.base.jmod"), "openjdk-17-jdk-headless");
        this.home = home;
        make("make-jre", home.resolve("jre").toString());
        make("lay-out", JAR.toString(), home.toString());
        List<String> probe = List.of("unshare", "--mount", "mount", "-o", "remount,bind,ro", "/");
        boxed = ProcessRunner.run(home, "", probe).status() == 0;
        open(home);
    }

    private static void make(String script, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(Dockerfile.FOLDER.resolve(script).toString()));
        command.addAll(List.of(arguments));
        String path = Path.of(JAVA_HOME, "bin") + File.pathSeparator + System.getenv("PATH");
        Result result = ProcessRunner.run(Path.of("."), "", Map.of("PATH", path), A_WHILE, command);
        assertThat(result.status()).as(result.out() + result.err()).isZero();
    }

    /** An empty folder for the data, of the user of the image. */
    Path volume(Path parent) throws Exception {
        open(parent);
        Path data = Files.createDirectory(parent.resolve("volume"));
        if (boxed) {
            ProcessRunner.run(parent, "", List.of("chown", "65532:65532", data.toString()));
        }
        return data;
    }

    private void open(Path folder) throws Exception {
        if (boxed) {
            ProcessRunner.run(folder, "", List.of("chmod", "755", folder.toString()));
        }
    }

    Path java() {
        return home.resolve("jre/bin/java");
    }

    /** The command that runs the exporter on a volume. */
    List<String> command(Path volume, String... arguments) {
        var command = new ArrayList<String>();
        if (boxed) {
            command.addAll(BOX);
            command.add(volume.toString());
        }
        command.add(home.resolve("bin/usage-exporter").toString());
        command.addAll(List.of(arguments));
        return command;
    }
}
