package io.usageexporter.cli;

import io.usageexporter.client.ExporterClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Checks an exporter, for containers without curl. Its readiness only where that is asked for: restarting an exporter does
 * not fix a full disk.
 */
@Command(
        name = "healthcheck",
        description = "Check that an exporter is running and responds.",
        mixinStandardHelpOptions = true)
final class HealthcheckCommand implements Callable<Integer> {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = ExporterUrl.DEFAULT,
            converter = ExporterUrl.class,
            description = "The exporter. Default: ${DEFAULT-VALUE}.")
    URI url = URI.create(ExporterUrl.DEFAULT);

    @Option(
            names = "--ready",
            description = "Check too that it records. Needs a token with the scope read, if it has tokens.")
    boolean ready;

    @Mixin
    Options.ClientOptions client = new Options.ClientOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        try {
            var exporter = new ExporterClient(url, client.access());
            HttpResponse<String> response = exporter.get(ready ? "/-/ready" : "/-/healthy", "text/plain");
            if (response.statusCode() != 200) {
                spec.commandLine().getErr().println(exporter + " " + ExporterClient.explain(response));
                return ExitStatus.FAILURE;
            }
            spec.commandLine().getOut().print(response.body());
            spec.commandLine().getOut().flush();
            return ExitStatus.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println(ExporterUrl.noResponse(url, e));
            return ExitStatus.FAILURE;
        }
    }
}
