package io.usageexporter.cli;

import io.usageexporter.client.ExporterAccess;
import io.usageexporter.client.ExporterClient;
import io.usageexporter.client.UsageClient;
import io.usageexporter.demo.Demo;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fills a running exporter with simulated usage. */
@Command(
        name = "demo",
        description =
                "Feed the usage of a simulated recommendation app into a running exporter: the past days at once, then live."
                        + " Not for an exporter that counts real usage.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int MAX_DAYS = 39;
    private static final double MAX_SPEED = 10_000;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = ExporterUrl.DEFAULT,
            converter = ExporterUrl.class,
            description = "The exporter. Default: ${DEFAULT-VALUE}.")
    URI url = URI.create(ExporterUrl.DEFAULT);

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "7",
            description = "Number of past days, 0 to " + MAX_DAYS + ". Default: ${DEFAULT-VALUE}.")
    int days;

    @Option(
            names = "--speed",
            paramLabel = "X",
            defaultValue = "1",
            description = "Speed of the live part relative to real time; 0 stops after the past days. Default:"
                    + " ${DEFAULT-VALUE}.")
    double speed;

    @Mixin
    Options.ClientOptions client = new Options.ClientOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        if (days < 0 || days > MAX_DAYS) {
            throw wrong("--days must be from 0 to " + MAX_DAYS + ", not " + days);
        }
        if (!(speed >= 0 && speed <= MAX_SPEED)) {
            throw wrong(String.format(Locale.ROOT, "--speed must be from 0 to %.0f, not %s", MAX_SPEED, speed));
        }
        ExporterAccess access = client.access();
        var exporter = new ExporterClient(url, access);
        try (UsageClient sender =
                UsageClient.builder().url(url.toString()).access(access).build()) {
            awaitResponse(exporter);
            InstantSource clock = InstantSource.system();
            var demo = new Demo(sender, clock.instant(), speed);
            long events = demo.backdate(days);
            spec.commandLine().getOut().println("sent " + events + " events of the last " + days + " days");
            while (speed > 0) {
                demo.playUntil(clock.instant());
                TimeUnit.SECONDS.sleep(1);
            }
            return ExitStatus.OK;
        } catch (IOException e) {
            return failed(ExporterUrl.noResponse(url, e));
        } catch (Demo.DeliveryException e) {
            return failed(exporter + " did not accept all events; does it have the providers anthropic and apify?");
        }
    }

    /** Waits for an exporter that is still starting. */
    private static void awaitResponse(ExporterClient exporter) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + CONNECT_TIMEOUT.toNanos();
        while (true) {
            try {
                exporter.get("/-/ready", "text/plain");
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    private int failed(String message) {
        spec.commandLine().getErr().println(message);
        return ExitStatus.FAILURE;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
