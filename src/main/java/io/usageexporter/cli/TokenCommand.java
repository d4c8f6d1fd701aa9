package io.usageexporter.cli;

import io.usageexporter.config.ApiToken;
import io.usageexporter.config.Scope;
import io.usageexporter.event.TextRule;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes an API token, which is stored nowhere. */
@Command(
        name = "token",
        description = {
            "Print a new API token, and the item of api_tokens by which the configuration allows it.",
            "The configuration holds the token's hash only: store the token where it is used, it cannot be shown again."
        },
        mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {
    /** By which people and scanners of leaked secrets recognise it. */
    private static final String PREFIX = "ue_";

    private static final int RANDOM_BYTES = 32;

    @Parameters(paramLabel = "NAME", description = "What messages call the token, such as the program that uses it.")
    String name = "";

    @Option(
            names = "--scopes",
            paramLabel = "SCOPE",
            split = ",",
            defaultValue = "record",
            description = "What it may do: record, read, gateway, admin. Default: ${DEFAULT-VALUE}.")
    List<Scope> scopes = List.of(Scope.RECORD);

    @Option(
            names = "--consumer",
            paramLabel = "TEXT",
            description = "For whom it records, whatever an event says. Default: the event decides.")
    @Nullable
    String consumer;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        var random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        String item = "{name: " + quoted("NAME", name)
                + ", sha256: " + ApiToken.hash(token)
                + ", scopes: "
                + scopes.stream().distinct().sorted().map(Scope::label).collect(Collectors.toList())
                + (consumer == null ? "" : ", consumer: " + quoted("--consumer", consumer))
                + "}";
        spec.commandLine().getOut().println(token);
        spec.commandLine().getOut().println("  - " + item);
        return ExitStatus.OK;
    }

    /** As a text of YAML, whatever it contains. */
    private String quoted(String what, String text) {
        if (text.isBlank() || !TextRule.LABEL.sanitize(text).equals(text)) {
            throw new ParameterException(
                    spec.commandLine(), what + " must be text of 1 to 100 characters without space at its ends");
        }
        return text.matches("[A-Za-z][A-Za-z-]*") && !text.matches("(?i)y|n|yes|no|on|off|true|false|null")
                ? text
                : "'" + text.replace("'", "''") + "'";
    }
}
