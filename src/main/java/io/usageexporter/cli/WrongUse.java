package io.usageexporter.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with a command line. */
final class WrongUse {
    private static final int MOST_SUGGESTIONS = 3;

    private WrongUse() {}

    static String explain(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        return command + ": " + what(e) + " (see " + command + " --help)";
    }

    private static String what(ParameterException e) {
        CommandLine command = e.getCommandLine();
        // What is missing is mentioned first, though it may only be misspelled.
        List<String> unmatched =
                e instanceof UnmatchedArgumentException given ? given.getUnmatched() : command.getUnmatchedArguments();
        return unmatched.isEmpty()
                ? String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip()
                : unknown(command, unmatched);
    }

    private static String unknown(CommandLine command, List<String> unmatched) {
        // Without its value, which may hold a password.
        String argument = unmatched.get(0).replaceFirst("(?s)=.*", "");
        String kind = argument.startsWith("-")
                ? "unknown flag "
                : command.getSubcommands().isEmpty() ? "unexpected argument " : "unknown subcommand ";
        List<String> suggestions = new UnmatchedArgumentException(command, unmatched)
                .getSuggestions().stream()
                        .map(suggestion -> suggestion.replaceFirst("[=\\s].*", ""))
                        .distinct()
                        .limit(MOST_SUGGESTIONS)
                        .toList();
        return kind
                + argument
                + (suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?");
    }
}
