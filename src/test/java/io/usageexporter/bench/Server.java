package io.usageexporter.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;

/** A server in its own process. */
final class Server implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(30);
    private static final int POLL_MS = 5;
    private static final int RESPONSE_MS = 1000;
    private static final long STOP_SECONDS = 30;
    private static final double KIB_PER_MIB = 1024;

    private final Process process;
    private final Thread lastResort;
    private final int port;
    private final DoubleConsumer peakMemory;
    private double readyMs;

    private Server(Process process, int port, DoubleConsumer peakMemory) {
        this.process = process;
        this.port = port;
        this.peakMemory = peakMemory;
        lastResort = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /**
     * Starts a server and waits until it is ready.
     *
     * @param peakMemory receives the peak resident memory in MiB at the end, where the system reports it
     */
    static Server start(List<String> command, int port, Path log, DoubleConsumer peakMemory)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        var server = new Server(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start(),
                port,
                peakMemory);
        while (!server.isReady()) {
            if (System.nanoTime() - start > READY_WITHIN.toNanos() || !server.process.isAlive()) {
                server.close();
                throw new IllegalStateException("not ready, see " + log + ": " + command);
            }
            Thread.sleep(POLL_MS);
        }
        server.readyMs = (System.nanoTime() - start) / 1e6;
        return server;
    }

    private boolean isReady() {
        try (var socket = new Socket()) {
            socket.connect(address(), RESPONSE_MS);
            socket.setSoTimeout(RESPONSE_MS);
            socket.getOutputStream()
                    .write("GET /-/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] status = socket.getInputStream().readNBytes(LoadGenerator.OK.length());
            return LoadGenerator.OK.equals(new String(status, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return false;
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** The time from the start of the process until it was ready. */
    double readyMs() {
        return readyMs;
    }

    /** Its resident memory in MiB, threads, and open files, where the system reports them. */
    Footprint footprint() throws IOException {
        try (Stream<Path> files = Files.list(proc("fd"))) {
            return new Footprint(status("VmRSS") / KIB_PER_MIB, status("Threads"), files.count());
        }
    }

    /** What a process takes of its machine. */
    record Footprint(double memoryMib, double threads, double files) {}

    private void tellPeakMemory() throws IOException {
        if (Files.exists(proc("status"))) {
            peakMemory.accept(status("VmHWM") / KIB_PER_MIB);
        }
    }

    private double status(String field) throws IOException {
        for (String line : Files.readAllLines(proc("status"))) {
            if (line.startsWith(field + ":")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no " + field);
    }

    private Path proc(String name) {
        return Path.of("/proc", Long.toString(process.pid()), name);
    }

    /** Lets the server shut down gracefully for a while. */
    @Override
    public void close() throws IOException {
        try {
            tellPeakMemory();
            process.destroy();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("  a server had to be killed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(lastResort);
        }
    }
}
