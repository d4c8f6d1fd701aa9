package io.usageexporter.cli;

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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fills a running exporter with simulated usage. */
@Command(
        name = "demo",
        description =
                "Send the usage of a simulated recommendation app to a running exporter, to see what it looks like: the"
                        + " past days at once, and from then on as it happens. Not for an exporter that counts real usage.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int MOST_DAYS = 39;
    private static final double HIGHEST_SPEED = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

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
            description = "How many past days, 0 to " + MOST_DAYS + ". Default: ${DEFAULT-VALUE}.")
    int days;

    @Option(
            names = "--speed",
            paramLabel = "X",
            defaultValue = "1",
            description = "How many times as fast as real time the app goes on; 0 stops after the past days. Default:"
                    + " ${DEFAULT-VALUE}.")
    double speed;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        if (days < 0 || days > MOST_DAYS) {
            throw wrong("--days must be from 0 to " + MOST_DAYS + ", not " + days);
        }
        if (!(speed >= 0 && speed <= HIGHEST_SPEED)) {
            throw wrong(String.format(Locale.ROOT, "--speed must be from 0 to %.0f, not %s", HIGHEST_SPEED, speed));
        }
        try (UsageClient client = UsageClient.builder().url(url.toString()).build()) {
            awaitAnswer();
            InstantSource clock = InstantSource.system();
            var demo = new Demo(client, clock.instant(), speed);
            long uses = demo.backdate(days);
            spec.commandLine().getOut().println("played " + uses + " uses of the last " + days + " days");
            while (speed > 0) {
                demo.playUntil(clock.instant());
                TimeUnit.SECONDS.sleep(1);
            }
            return ExitStatus.OK;
        } catch (IOException e) {
            return failed(ExporterUrl.noAnswer(url, e));
        } catch (Demo.DeliveryException e) {
            return failed(new ExporterClient(url)
                    + " did not take all uses; does it have the providers anthropic and apify?");
        }
    }

    /** An exporter that was started a moment ago may need a moment more. */
    private void awaitAnswer() throws IOException, InterruptedException {
        var exporter = new ExporterClient(url);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
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
        return ExitStatus.NO;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
