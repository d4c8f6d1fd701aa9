package io.usageexporter.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/** Exit status and output of a command, run in this process. */
record CommandResult(int status, String out, String err) {
    static CommandResult of(Map<String, String> environment, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = RootCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), environment, arguments);
        return new CommandResult(status, out.toString(), err.toString());
    }
}
