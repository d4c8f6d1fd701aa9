package io.usageexporter.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A process and those that it started. */
record ProcessTree(Process parent) {
    /** Kills all at once, so that none reports the end of others; returns when they have let go of their memory. */
    void kill() throws IOException, InterruptedException {
        signal("STOP");
        List<ProcessHandle> children = parent.children().toList();
        parent.destroyForcibly().waitFor();
        children.forEach(ProcessHandle::destroyForcibly);
        // Where nothing reaps them they stay alive, but have no command any more.
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() ->
                        children.stream().allMatch(each -> each.info().command().isEmpty()));
    }

    /** Sends all a signal, such as {@code STOP}. */
    void signal(String name) throws IOException, InterruptedException {
        String ids = Stream.concat(Stream.of(parent.toHandle()), parent.children())
                .map(each -> "" + each.pid())
                .collect(Collectors.joining(" "));
        // By the shell, since the program is not everywhere.
        ProcessRunner.run(Path.of("/"), "", List.of("sh", "-c", "kill -" + name + " " + ids));
    }
}
