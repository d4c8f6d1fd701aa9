package io.usageexporter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the software in the jar. */
@Command(
        name = "licenses",
        description = "List the third-party software in the jar, with versions and licences.",
        mixinStandardHelpOptions = true)
final class LicensesCommand implements Callable<Integer> {
    private static final String SBOM = "/META-INF/sbom/usage-exporter.cdx.json";
    private static final String NOTICES = "/META-INF/THIRD-PARTY";

    @Option(names = "--sbom", description = "Print the list as CycloneDX JSON, for scanners.")
    boolean sbom;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        String json = text(SBOM);
        if (sbom) {
            out.print(json);
        } else {
            for (JsonNode component : new ObjectMapper().readTree(json).path("components")) {
                out.println(line(component));
            }
            out.print("\n" + text(NOTICES));
        }
        out.flush();
        return ExitStatus.OK;
    }

    private static String line(JsonNode component) {
        String licences = component
                .path("licenses")
                .valueStream()
                .map(each -> each.at("/license/id").asText())
                .collect(Collectors.joining(", "));
        return component.path("group").asText() + ":" + component.path("name").asText() + " "
                + component.path("version").asText() + " " + licences;
    }

    private static String text(String resource) throws IOException {
        try (InputStream stream = LicensesCommand.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IOException(resource + " is not on the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
