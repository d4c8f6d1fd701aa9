package io.usageexporter.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Objects;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reports why a file is not YAML, with the position and the offending text. */
final class NotYaml {
    private NotYaml() {}

    static void addTo(ConfigErrors errors, String yaml, JsonProcessingException e) {
        if (e.getCause() instanceof MarkedYAMLException cause && cause.getProblem() != null) {
            Mark mark = cause.getProblemMark() == null ? cause.getContextMark() : cause.getProblemMark();
            if (mark != null) {
                String line = yaml.lines().skip(mark.getLine()).findFirst().orElse("");
                String shown = Shown.line(line);
                String context = Objects.requireNonNullElse(cause.getContext(), "");
                errors.add(
                        mark.getLine() + 1,
                        "",
                        "not valid YAML: " + problem(cause.getProblem())
                                + (context.isEmpty() ? "" : ", " + context)
                                + ", at character " + (mark.getColumn() + 1) + " of this line"
                                + (shown.isEmpty() ? "" : ": " + shown));
                return;
            }
        }
        var location = e.getLocation();
        String message = Objects.requireNonNullElse(e.getOriginalMessage(), "");
        errors.add(
                location == null ? 1 : Math.max(1, location.getLineNr()),
                "",
                "not valid YAML: " + message.lines().findFirst().orElse(""));
    }

    /** The library's advice on indentation only applies to tabs. */
    private static String problem(String problem) {
        boolean isTab = problem.contains("TAB");
        return problem.replaceFirst("\\. \\(Do not use .*\\)$", isTab ? "; indent with spaces" : "");
    }
}
