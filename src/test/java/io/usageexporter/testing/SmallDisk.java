package io.usageexporter.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk in memory that only one process and its children see, mounted on a folder when the process starts.
 *
 * @param options of the mount, such as {@code size=64m}
 */
record SmallDisk(Path folder, String options) {
    /** The command, run with the disk, by the user who runs this one. */
    List<String> mountedFor(List<String> command) {
        var all = new ArrayList<>(List.of(
                RequiredTool.require("unshare", "util-linux"),
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                // PostgreSQL refuses root, even one of a namespace.
                "mount -t tmpfs -o \"$1\" tmpfs \"$2\" && shift 2"
                        + " && exec unshare --user --map-user=1000 --map-group=1000 \"$@\"",
                "sh",
                options + ",mode=700",
                folder.toString()));
        all.addAll(command);
        return all;
    }

    /** Leaves no page. Root may not write there, whom the disk does not know. */
    void fill(long pid) throws IOException, InterruptedException {
        ProcessRunner.run(
                folder, "", PostgresTools.unprivileged("dd", List.of("if=/dev/zero", "bs=4k", "of=" + filler(pid))));
    }

    /** Gives the space back. */
    void free(long pid) throws IOException {
        Files.delete(filler(pid));
    }

    private Path filler(long pid) {
        return Path.of("/proc/" + pid + "/root" + folder + "/filler");
    }
}
