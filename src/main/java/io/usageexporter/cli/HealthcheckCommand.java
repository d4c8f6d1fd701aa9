package io.usageexporter.cli;

import io.usageexporter.client.ExporterClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Asks an exporter whether it is alive, for containers that have no curl. Not whether it is ready: to restart an exporter
 * does not fix a full disk.
 */
@Command(
        name = "healthcheck",
        description = "Check that an exporter is running and answers.",
        mixinStandardHelpOptions = true)
final class HealthcheckCommand implements Callable<Integer> {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = ExporterUrl.DEFAULT,
            converter = ExporterUrl.class,
            description = "The exporter. Default: ${DEFAULT-VALUE}.")
    URI url = URI.create(ExporterUrl.DEFAULT);

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        try {
            HttpResponse<String> answer = new ExporterClient(url).get("/-/healthy", "text/plain");
            if (answer.statusCode() != 200) {
                spec.commandLine().getErr().println(new ExporterClient(url) + " " + ExporterClient.explain(answer));
                return ExitStatus.NO;
            }
            spec.commandLine().getOut().print(answer.body());
            spec.commandLine().getOut().flush();
            return ExitStatus.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println(ExporterUrl.noAnswer(url, e));
            return ExitStatus.NO;
        }
    }
}
