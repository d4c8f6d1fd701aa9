package io.usageexporter.cli;

import io.usageexporter.Application;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ledger.LedgerException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Runs the exporter until it is stopped: the default command, and {@code serve}. */
abstract class AbstractServeCommand implements Callable<Integer> {
    private static final Logger LOG = System.getLogger(AbstractServeCommand.class.getName());

    @Mixin
    Options.StorageOptions storage = new Options.StorageOptions();

    @Mixin
    Options.LogOptions log = new Options.LogOptions();

    @Option(
            names = "--web.listen-address",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1:5000",
            converter = AddressConverter.class,
            description = "Address to listen on: host:port, or :port for all addresses. Default: ${DEFAULT-VALUE}.")
    InetSocketAddress listenAddress = new InetSocketAddress(5000);

    @Mixin
    ConnectionOptions connections = new ConnectionOptions();

    @Option(
            names = "--web.config.file",
            paramLabel = "FILE",
            description =
                    "Web configuration (YAML): TLS, users, headers, in the format of the Prometheus exporter toolkit."
                            + " Default: none; plain HTTP.")
    @Nullable
    Path webConfigFile;

    @Option(names = "--web.enable-lifecycle", description = "Allow POST /-/reload and POST /-/quit. Default: off.")
    boolean enableLifecycle;

    @Option(
            names = "--web.drain-timeout",
            paramLabel = "TIME",
            defaultValue = "8s",
            converter = DurationConverter.class,
            description = "How long requests in flight may take to complete after a request to stop."
                    + " Default: ${DEFAULT-VALUE}.")
    Duration drainTimeout = Application.Settings.DEFAULT_DRAIN_TIMEOUT;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        log.apply();
        OutOfMemoryExit.install();
        new Options.Environment(System.getenv())
                .warnings(RootCommand::flags)
                .forEach(warning -> LOG.log(Level.WARNING, warning));
        boolean isNew = storage.ledger().isMissing();
        Application application;
        try {
            application = Application.start(
                    new Application.Settings(
                            storage.configFile,
                            storage.ledger(),
                            listenAddress,
                            connections.limits(),
                            webConfigFile,
                            enableLifecycle,
                            drainTimeout),
                    InstantSource.system());
        } catch (InvalidConfigException | LedgerException e) {
            return cannotStart(e.getMessage());
        } catch (RuntimeException e) {
            if (e.getCause() instanceof SocketException cause) {
                return cannotStart(cannotListen(String.valueOf(cause.getMessage())));
            }
            throw e;
        }
        try (application) {
            Signals.handle("TERM", application::quit);
            Signals.handle("INT", application::quit);
            Signals.handle("HUP", () -> reload(application));
            LOG.log(
                    Level.INFO,
                    "serving on {0}://{1}:{2}, {3}",
                    application.isTls() ? "https" : "http",
                    host(),
                    Integer.toString(application.port()),
                    storage.inUse(isNew, application.events()));
            application.awaitQuit();
        } catch (LedgerException e) {
            LOG.log(Level.ERROR, "shut down, but {0}", e.getMessage());
            return ExitStatus.FAILURE;
        }
        return ExitStatus.OK;
    }

    /** The host in the notation of URLs. */
    private String host() {
        String host = listenAddress.getHostString();
        return host.contains(":") ? "[" + host + "]" : host;
    }

    private String cannotListen(String why) {
        String remedy = why.contains("in use")
                ? "stop the other process, or choose another address"
                : why.contains("ermission")
                        ? "ports below 1024 need privileges; choose another"
                        : why.contains("assign")
                                ? "no local network interface has this address; choose another"
                                : "choose another";
        return "cannot listen on " + host() + ":" + listenAddress.getPort() + ": " + why + "; " + remedy
                + " with --web.listen-address";
    }

    private int cannotStart(@Nullable String why) {
        spec.commandLine().getErr().println(why);
        return ExitStatus.USAGE;
    }

    private static void reload(Application application) {
        try {
            application.reload();
        } catch (InvalidConfigException | IllegalStateException e) {
            // Already logged and shown by a metric.
        }
    }

    /** Reads {@code host:port}, {@code :port} and {@code [::1]:port}. */
    static final class AddressConverter implements ITypeConverter<InetSocketAddress> {
        @Override
        public InetSocketAddress convert(String text) {
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? "" : text.substring(0, colon);
            String port = text.substring(colon + 1);
            boolean bracketed = host.startsWith("[") && host.endsWith("]");
            if (colon < 0
                    || !port.matches("\\d{1,5}")
                    || Integer.parseInt(port) > 65_535
                    || (host.contains(":") && !bracketed)) {
                throw new TypeConversionException("'" + text + "' is not host:port, such as 127.0.0.1:5000 or :5000");
            }
            String name = bracketed ? host.substring(1, host.length() - 1) : host;
            var address = new InetSocketAddress(name.isEmpty() ? "0.0.0.0" : name, Integer.parseInt(port));
            if (address.isUnresolved()) {
                throw new TypeConversionException("'" + name + "' is not the name or address of a host");
            }
            return address;
        }
    }
}
