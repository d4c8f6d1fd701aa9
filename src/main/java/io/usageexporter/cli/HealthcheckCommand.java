package io.usageexporter.cli;

import io.usageexporter.client.ExporterHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Asks an exporter whether it lives, for containers that have no curl. Not whether it is ready: to restart an exporter
 * does not mend a full disk.
 */
@Command(
        name = "healthcheck",
        description = "Ask a running exporter whether it lives.",
        mixinStandardHelpOptions = true)
final class HealthcheckCommand implements Callable<Integer> {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:5000",
            description = "Default: ${DEFAULT-VALUE}.")
    URI url = URI.create("http://127.0.0.1:5000");

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        try {
            HttpResponse<String> answer = new ExporterHttp(url).get("/-/healthy", "text/plain");
            spec.commandLine().getOut().print(answer.body());
            spec.commandLine().getOut().flush();
            return answer.statusCode() == 200 ? ExitStatus.OK : ExitStatus.NO;
        } catch (IOException e) {
            spec.commandLine().getErr().println(url + " does not answer: " + e);
            return ExitStatus.NO;
        } catch (IllegalArgumentException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitStatus.USAGE;
        }
    }
}
