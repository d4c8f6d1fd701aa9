package io.usageexporter.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Explains a usage error in one line. */
final class UsageError {
    private static final int MAX_SUGGESTIONS = 3;

    private UsageError() {}

    static String explain(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        return command + ": " + what(e) + " (see " + command + " --help)";
    }

    private static String what(ParameterException e) {
        CommandLine command = e.getCommandLine();
        // Unknown arguments first: a missing one may only be misspelled.
        List<String> unmatched =
                e instanceof UnmatchedArgumentException given ? given.getUnmatched() : command.getUnmatchedArguments();
        return unmatched.isEmpty()
                ? String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip()
                : unknown(command, unmatched);
    }

    private static String unknown(CommandLine command, List<String> unmatched) {
        // Without its value, which may be a password.
        String argument = unmatched.get(0).replaceFirst("(?s)=.*", "");
        String kind = argument.startsWith("-")
                ? "unknown flag "
                : command.getSubcommands().isEmpty() ? "unexpected argument " : "unknown subcommand ";
        List<String> suggestions = new UnmatchedArgumentException(command, unmatched)
                .getSuggestions().stream()
                        .map(suggestion -> suggestion.replaceFirst("[=\\s].*", ""))
                        .distinct()
                        .limit(MAX_SUGGESTIONS)
                        .toList();
        return kind
                + argument
                + (suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?");
    }
}
