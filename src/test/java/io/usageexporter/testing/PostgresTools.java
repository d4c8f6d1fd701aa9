package io.usageexporter.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The programs of Debian's PostgreSQL, run by its own user where the tests are run by root, whom its servers refuse. */
final class PostgresTools {
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final String USER = "postgres";

    private PostgresTools() {}

    /** The newest version that is installed with a server; skips or fails the test if there is none. */
    static int version() throws IOException {
        int newest = -1;
        if (Files.exists(VERSIONS)) {
            try (Stream<Path> versions = Files.list(VERSIONS)) {
                newest = versions.filter(version -> Files.exists(version.resolve("bin/postgres")))
                        .map(version -> Integer.valueOf(version.getFileName().toString()))
                        .max(Comparator.naturalOrder())
                        .orElse(-1);
            }
        }
        RequiredTool.require(VERSIONS.resolve(newest < 0 ? "*" : "" + newest).resolve("bin/postgres"), "postgresql");
        return newest;
    }

    /** The command that runs a program of PostgreSQL. */
    static List<String> command(String program, List<String> arguments) throws IOException {
        return unprivileged(program(program), arguments);
    }

    /** The file of a program of PostgreSQL. */
    static String program(String name) throws IOException {
        return VERSIONS.resolve(version() + "/bin/" + name).toString();
    }

    /** The command that runs any program as PostgreSQL's user. It does not fork, so the process is the program. */
    static List<String> unprivileged(String program, List<String> arguments) {
        var command = new ArrayList<String>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--init-groups"));
        }
        command.add(program);
        command.addAll(arguments);
        return command;
    }

    /** Runs a program of PostgreSQL to its end, which must be a good one. */
    static void run(Path folder, Map<String, String> environment, String program, List<String> arguments)
            throws IOException, InterruptedException {
        run(folder, environment, command(program, arguments));
    }

    private static void run(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessRunner.Result result = ProcessRunner.run(folder, "", environment, command);
        if (result.status() != 0) {
            throw new AssertionError(command + ": " + result.out() + result.err());
        }
    }

    /** Copies a folder of PostgreSQL's user to a new one. */
    static void copy(Path from, Path to) throws IOException, InterruptedException {
        run(from, Map.of(), unprivileged("cp", List.of("-a", from.toString(), to.toString())));
    }

    /** A new temporary folder of PostgreSQL's user, who may not enter the folders of others. */
    static Path folder(String prefix) throws IOException {
        return own(Files.createTempDirectory(prefix));
    }

    /** Gives a file or folder to PostgreSQL's user. */
    static Path own(Path path) throws IOException {
        if (!isRoot()) {
            return path;
        }
        return Files.setOwner(
                path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER));
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }
}
