package io.usageexporter.testing;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection to a {@link FakeProvider}, served by one thread. */
final class FakeConnection {
    private static final int BODY_PIECE = 64 * 1024;
    private static final long PERMIT_SECONDS = 60;
    private static final byte[] CRLF = {'\r', '\n'};

    private final Socket socket;
    private final int number;
    private final InputStream in;
    private final OutputStream out;

    FakeConnection(Socket socket, int number) throws IOException {
        this.socket = socket;
        this.number = number;
        in = new BufferedInputStream(socket.getInputStream(), BODY_PIECE);
        out = socket.getOutputStream();
    }

    /** The next request, as far as its headers; null if the other side closes the connection instead. */
    @Nullable
    FakeExchange next() throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.append((char) next);
        }
        return new FakeExchange(head.toString(), number);
    }

    /** Responds; returns whether another request may follow. */
    boolean respond(FakeExchange exchange, FakeResponse response) throws IOException, InterruptedException {
        if (response.continues && exchange.headerContains("expect", "100-continue")) {
            write("HTTP/1.1 100 Continue\r\n\r\n");
        }
        if (response.readsBody) {
            receive(exchange, response.bodyPace);
        }
        take(response.start);
        sendHead(exchange, response);
        if (hasBody(exchange, response)) {
            sendBody(exchange, response);
        }
        switch (response.end) {
            case RESET -> socket.setSoLinger(true, 0);
            case STALL -> awaitDisconnect();
            default -> {}
        }
        if (!response.readsBody) {
            lingerOverUnreadBody();
        }
        return response.end == FakeResponse.End.COMPLETE
                && response.readsBody
                && response.framing != FakeResponse.Framing.UNTIL_CLOSE
                && !exchange.headerContains("connection", "close");
    }

    private void receive(FakeExchange exchange, @Nullable Semaphore pace) throws IOException, InterruptedException {
        String length = exchange.header("content-length");
        if (exchange.headerContains("transfer-encoding", "chunked")) {
            for (long size = Long.parseLong(readLine(), 16); size > 0; size = Long.parseLong(readLine(), 16)) {
                receive(exchange, size, pace);
                readLine();
            }
            readLine();
        } else if (length != null) {
            receive(exchange, Long.parseLong(length), pace);
        }
        exchange.receivedAll();
    }

    private void receive(FakeExchange exchange, long length, @Nullable Semaphore pace)
            throws IOException, InterruptedException {
        byte[] piece = new byte[BODY_PIECE];
        long left = length;
        while (left > 0) {
            take(pace);
            int count = in.readNBytes(piece, 0, (int) Math.min(left, piece.length));
            if (count == 0) {
                throw new EOFException("the request's body ends early");
            }
            exchange.receive(piece, count);
            left -= count;
        }
    }

    private String readLine() throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the request's body ends early");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    private void sendHead(FakeExchange exchange, FakeResponse response) throws IOException {
        if (response.rawHead != null) {
            out.write(response.rawHead);
            return;
        }
        var head = new StringBuilder(String.join("\r\n", response.head)).append("\r\n");
        if (hasBody(exchange, response) || exchange.method().equals("HEAD")) {
            switch (response.framing) {
                case LENGTH ->
                    head.append("content-length: ").append(length(response)).append("\r\n");
                case CHUNKED -> head.append("transfer-encoding: chunked\r\n");
                case UNTIL_CLOSE -> head.append("connection: close\r\n");
            }
        }
        write(head.append("\r\n").toString());
    }

    private static boolean hasBody(FakeExchange exchange, FakeResponse response) {
        String status = response.head.get(0);
        return !exchange.method().equals("HEAD") && !status.contains(" 204") && !status.contains(" 304");
    }

    private static long length(FakeResponse response) {
        return response.flood > 0 ? response.flood : response.body.length;
    }

    private void sendBody(FakeExchange exchange, FakeResponse response) throws IOException, InterruptedException {
        boolean chunked = response.framing == FakeResponse.Framing.CHUNKED;
        long length = length(response);
        long end = Math.min(length, response.endAfter);
        for (long from = 0; from < end; ) {
            take(response.pace);
            int count = (int) Math.min(response.piece, end - from);
            byte[] piece = piece(response, from, count);
            out.write(chunked ? chunk(piece) : piece);
            from += count;
            exchange.send(count);
        }
        if (chunked && response.end == FakeResponse.End.COMPLETE) {
            write("0\r\n\r\n");
        }
    }

    /** A flood consists of lines of x. */
    private static byte[] piece(FakeResponse response, long from, int count) {
        if (response.flood == 0) {
            return Arrays.copyOfRange(response.body, (int) from, (int) from + count);
        }
        byte[] piece = new byte[count];
        Arrays.fill(piece, (byte) 'x');
        piece[count - 1] = '\n';
        return piece;
    }

    private static byte[] chunk(byte[] piece) {
        byte[] size = (Integer.toHexString(piece.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = Arrays.copyOf(size, size.length + piece.length + CRLF.length);
        System.arraycopy(piece, 0, chunk, size.length, piece.length);
        System.arraycopy(CRLF, 0, chunk, size.length + piece.length, CRLF.length);
        return chunk;
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Closing with unread bytes would reset the connection, and the response could be lost. */
    private void lingerOverUnreadBody() throws IOException {
        socket.shutdownOutput();
        in.transferTo(OutputStream.nullOutputStream());
    }

    private void awaitDisconnect() throws IOException {
        if (in.read() < 0) {
            throw new EOFException("the client disconnected");
        }
        throw new IOException("a request arrived in the middle of a response");
    }

    private static void take(@Nullable Semaphore permits) throws InterruptedException, IOException {
        if (permits != null && !permits.tryAcquire(PERMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the test gave no permit");
        }
    }
}
