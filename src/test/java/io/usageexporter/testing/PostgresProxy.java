package io.usageexporter.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A network in front of a PostgreSQL server that breaks when a test wants it to. Thread-safe. */
public final class PostgresProxy implements AutoCloseable {
    /** Begins the end of a commit that changes totals; others, such as of a lease, do not have it. */
    private static final String LOGGED = "INSERT INTO commit_log";

    private final PostgresServer server;
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Loss next;
    private volatile boolean isDown;
    private volatile boolean breaksDown;

    /** What the next commit loses. */
    public enum Loss {
        /** The connection breaks before it reaches the server. */
        COMMIT,
        /** The connection breaks once the server has answered, and the answer is lost. */
        ANSWER
    }

    public PostgresProxy(PostgresServer server) throws IOException {
        this.server = server;
        start("proxy", this::accept);
    }

    /** A URL of the server, through this. */
    public String through(String url) {
        return url.replace(":" + server.port() + "/", ":" + listener.getLocalPort() + "/");
    }

    /** Breaks the connection of the next commit that changes totals. */
    public void lose(Loss loss) {
        next = loss;
    }

    /** Whether what {@link #lose} announced is still to happen. */
    public boolean isArmed() {
        return next != null;
    }

    /** The same, and from then on nothing reaches the server until {@link #repair}. */
    public void loseAllFrom(Loss loss) {
        breaksDown = true;
        next = loss;
    }

    /** Breaks all connections; there may be others. */
    public void cut() {
        links.forEach(Link::close);
    }

    /** Breaks all connections, and refuses others. */
    public void disconnect() {
        isDown = true;
        cut();
    }

    /** Connects again. */
    public void repair() {
        breaksDown = false;
        isDown = false;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (isDown) {
                    client.close();
                } else {
                    var link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), server.port()));
                    links.add(link);
                    start("proxy-requests", link::passRequests);
                    start("proxy-answers", link::passAnswers);
                }
            } catch (IOException e) {
                // This is closed, or the server is down: the client notices.
            }
        }
    }

    private static void start(String name, Runnable body) {
        var thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        disconnect();
    }

    /** A connection of a client. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private volatile boolean losesAnswer;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void passRequests() {
            var bytes = new byte[64 * 1024];
            String before = "";
            boolean isLogged = false;
            try {
                InputStream in = client.getInputStream();
                for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                    String text = before + new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
                    isLogged |= text.contains(LOGGED);
                    Loss loss = next;
                    if (isLogged && loss != null && text.contains("COMMIT")) {
                        next = null;
                        if (breaksDown) {
                            isDown = true;
                            links.stream().filter(link -> link != this).forEach(Link::close);
                        }
                        if (loss == Loss.COMMIT) {
                            break;
                        }
                        losesAnswer = true;
                    }
                    isLogged &= !text.contains("COMMIT");
                    before = text.substring(Math.max(0, text.length() - LOGGED.length() + 1))
                            .replace("COMMIT", "");
                    server.getOutputStream().write(bytes, 0, length);
                }
            } catch (IOException e) {
                // One of both has ended, so the other is to end, too.
            }
            close();
        }

        void passAnswers() {
            var bytes = new byte[64 * 1024];
            try {
                InputStream in = server.getInputStream();
                for (int length = in.read(bytes); length >= 0 && !losesAnswer; length = in.read(bytes)) {
                    client.getOutputStream().write(bytes, 0, length);
                }
            } catch (IOException e) {
                // The same.
            }
            close();
        }

        void close() {
            links.remove(this);
            try {
                client.close();
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
