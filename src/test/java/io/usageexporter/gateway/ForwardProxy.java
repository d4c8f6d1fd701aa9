package io.usageexporter.gateway;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that leads to one server, whatever host it is asked for. */
final class ForwardProxy implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final String authorization;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /**
     * Starts it.
     *
     * @param target the port of the server
     * @param authorization the value of Proxy-Authorization that it wants; empty for none
     */
    ForwardProxy(int target, String authorization) throws IOException {
        this.target = target;
        this.authorization = authorization;
        start(() -> {
            while (true) {
                Socket client = listener.accept();
                sockets.add(client);
                start(() -> serve(client));
            }
        });
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(Task task) {
        var thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException | UncheckedIOException e) {
                // closed by either side
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket client) throws IOException {
        InputStream in = new BufferedInputStream(client.getInputStream());
        String request = head(in);
        requests.add(request.lines().findFirst().orElseThrow());
        if (!authorization.isEmpty() && !request.contains("Proxy-Authorization: " + authorization + "\r\n")) {
            write(
                    client,
                    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
            client.close();
            return;
        }
        var server = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(server);
        if (request.startsWith("CONNECT ")) {
            write(client, "HTTP/1.1 200 Connection established\r\n\r\n");
        } else {
            write(server, request.replaceFirst("http://[^/]+", "").replaceFirst("Proxy-Authorization: .*\r\n", ""));
        }
        start(() -> copy(server.getInputStream(), client));
        copy(in, server);
    }

    private static void copy(InputStream from, Socket to) throws IOException {
        from.transferTo(to.getOutputStream());
        to.shutdownOutput();
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static void write(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The first lines of all requests so far; of a connection that is not a tunnel only the first request's. */
    List<String> requests() {
        return requests;
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
