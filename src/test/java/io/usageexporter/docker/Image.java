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
 * The content of the image, built into a folder by the image's own scripts and run as in a container: unprivileged,
 * without capabilities, and with only the data folder writable. Where that is not permitted, it runs as the current user.
 */
final class Image {
    static final String JAVA_HOME = System.getProperty("java.home");
    static final Path JAR = Path.of("target", "usage-exporter.jar");
    static final Duration BUILD_TIMEOUT = Duration.ofMinutes(5);

    /** Runs a command unprivileged, with everything read-only but the folder given as the first argument. */
    private static final List<String> SANDBOX = List.of(
            "unshare",
            "--mount",
            "sh",
            "-euc",
            "mount --bind \"$1\" \"$1\"; mount -o remount,bind,ro /; shift;"
                    + " exec setpriv --reuid=65532 --regid=65532 --clear-groups --no-new-privs --bounding-set=-all \"$@\"",
            "sandbox");

    private final Path home;
    private final boolean sandboxed;

    /** Requires a JDK with jlink modules. */
    Image(Path home) throws Exception {
        RequiredTool.require(Path.of(JAVA_HOME, "jmods", "java.base.jmod"), "openjdk-17-jdk-headless");
        this.home = home;
        make("make-jre", home.resolve("jre").toString());
        make("lay-out", JAR.toString(), home.toString());
        List<String> probe = List.of("unshare", "--mount", "mount", "-o", "remount,bind,ro", "/");
        sandboxed = ProcessRunner.run(home, "", probe).status() == 0;
        open(home);
    }

    private static void make(String script, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(Dockerfile.FOLDER.resolve(script).toString()));
        command.addAll(List.of(arguments));
        String path = Path.of(JAVA_HOME, "bin") + File.pathSeparator + System.getenv("PATH");
        Result result = ProcessRunner.run(Path.of("."), "", Map.of("PATH", path), BUILD_TIMEOUT, command);
        assertThat(result.status()).as(result.out() + result.err()).isZero();
    }

    /** An empty data folder, owned by the image's user. */
    Path volume(Path parent) throws Exception {
        open(parent);
        Path data = Files.createDirectory(parent.resolve("volume"));
        if (sandboxed) {
            ProcessRunner.run(parent, "", List.of("chown", "65532:65532", data.toString()))
                    .successful();
        }
        return data;
    }

    private void open(Path folder) throws Exception {
        if (sandboxed) {
            ProcessRunner.run(folder, "", List.of("chmod", "755", folder.toString()))
                    .successful();
        }
    }

    Path java() {
        return home.resolve("jre/bin/java");
    }

    /** The command that runs the exporter on a volume. */
    List<String> command(Path volume, String... arguments) {
        var command = new ArrayList<String>();
        if (sandboxed) {
            command.addAll(SANDBOX);
            command.add(volume.toString());
        }
        command.add(home.resolve("bin/usage-exporter").toString());
        command.addAll(List.of(arguments));
        return command;
    }
}
