package io.usageexporter.access;

import io.usageexporter.config.InvalidConfigException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The web configuration in force. It is read again when its file or a certificate changes; a faulty one is logged, and the
 * one before stays in force. Thread-safe.
 */
public final class WebConfigFile implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WebConfigFile.class.getName());

    private final @Nullable Path file;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final @Nullable SSLContext sslContext;
    private volatile WebConfig current;
    private Set<Path> watched = Set.of();
    private List<Object> stamps = List.of();

    private WebConfigFile(@Nullable Path file) throws InvalidConfigException {
        this.file = file;
        current = file == null ? WebConfig.NONE : read(file);
        sslContext = current.tls() == null ? null : new CurrentSslContext(this::tls);
        if (file != null) {
            var watcher = new Thread(this::watch, "web-config");
            watcher.setDaemon(true);
            watcher.start();
        }
    }

    /**
     * Reads the file, and watches it.
     *
     * @param file null for plain HTTP without authentication
     */
    public static WebConfigFile open(@Nullable Path file) throws InvalidConfigException {
        return new WebConfigFile(file);
    }

    /**
     * Checks a file without applying it.
     *
     * @param warnings receives what is valid but probably not meant
     */
    public static void check(Path file, Consumer<String> warnings) throws InvalidConfigException {
        WebConfigReader.read(file, new ArrayList<>(), warnings);
    }

    /** Reads the file, and from now on watches what was read, also if it is faulty. */
    private WebConfig read(Path path) throws InvalidConfigException {
        List<Object> before = stamps(watched); // before it is read, so that no change is missed
        var files = new LinkedHashSet<Path>();
        try {
            return WebConfigReader.read(path, files, warning -> LOG.log(Level.WARNING, warning));
        } finally {
            stamps = files.equals(watched) ? before : stamps(files);
            watched = files;
        }
    }

    WebConfig get() {
        return current;
    }

    /** The context of TLS, which follows changes; null for plain HTTP. */
    public @Nullable SSLContext sslContext() {
        return sslContext;
    }

    private ServerTls tls() {
        ServerTls tls = current.tls();
        if (tls == null) {
            throw new IllegalStateException("TLS cannot be turned off without a restart"); // never in force
        }
        return tls;
    }

    /**
     * Reads the file again. A faulty one is logged.
     *
     * @throws InvalidConfigException if the file is faulty; the configuration before it stays in force
     */
    public synchronized void reload() throws InvalidConfigException {
        if (file == null) {
            return;
        }
        try {
            WebConfig next = read(file);
            if ((next.tls() == null) != (sslContext == null)) {
                throw new InvalidConfigException(List.of(file + ": tls_server_config cannot be "
                        + (next.tls() == null ? "removed" : "added") + " without a restart"));
            }
            current = next;
            LOG.log(Level.INFO, "web configuration read again: {0}", file.toAbsolutePath());
        } catch (InvalidConfigException e) {
            LOG.log(Level.ERROR, "the web configuration is faulty, keeping the one before: {0}", e.getMessage());
            throw e;
        }
    }

    private void watch() {
        try {
            while (!closed.await(1, TimeUnit.SECONDS)) {
                if (hasChanged()) {
                    try {
                        reload();
                    } catch (InvalidConfigException e) {
                        // Logged already, and tried again at the next change.
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // never happens
        }
    }

    private synchronized boolean hasChanged() {
        return !stamps(watched).equals(stamps);
    }

    /** What changes with the content of a file: its time, its size, and which one it is. */
    private static List<Object> stamps(Collection<Path> files) {
        var stamps = new ArrayList<>();
        for (Path each : files) {
            try {
                var attributes = Files.readAttributes(each, BasicFileAttributes.class);
                stamps.add(List.of(
                        attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey())));
            } catch (IOException e) { // also a state, which changes when the file is there again
                stamps.add("unreadable");
            }
        }
        return stamps;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
