package io.usageexporter.gateway;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import io.usageexporter.outgoing.OutgoingProxyException;
import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.ExchangeObserver;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * One call in flight: forwards and observes the request and the response, and completes exactly once. For the I/O thread of
 * the client's connection.
 */
final class ProxyExchange {
    private static final long CLOSE_TIMEOUT_SECONDS = 2;
    private static final int CLIENT_CLOSED_REQUEST = 499;
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS");

    private final HttpServerExchange exchange;
    private final Upstream upstream;
    private final String target;
    private final ExchangeObserver observer;
    private final CompletionListener completion;
    private final OverheadTimer overhead;
    private final RelayListener relayEvents = new RelayEvents();
    private final RequestRelay request;
    private @Nullable ProviderConnection connection;
    private @Nullable ResponseRelay response;
    private boolean reused;
    private boolean responded;
    private boolean ended;
    private final CountDownLatch end = new CountDownLatch(1);
    private final long idleTimeoutNanos;
    private boolean disconnectWatched;
    private long lastActivityNanos = System.nanoTime();

    /** Receives the end of the call. */
    interface CompletionListener {
        /** The call has ended; called once. */
        void onComplete(int code, CallOutcome outcome);

        /** The body of an error response, in the provider's format. */
        String error(int status, String message);
    }

    /** @param target path and query on the provider's host */
    ProxyExchange(
            HttpServerExchange exchange,
            Upstream upstream,
            String target,
            ExchangeObserver observer,
            CompletionListener listener,
            OverheadTimer overhead) {
        this.exchange = exchange;
        this.upstream = upstream;
        this.target = target;
        this.observer = observer;
        this.completion = listener;
        this.overhead = overhead;
        this.request = new RequestRelay(exchange, observer, relayEvents);
        this.idleTimeoutNanos = upstream.idleTimeout().toNanos();
    }

    void start() {
        exchange.addExchangeCompleteListener((done, next) -> {
            abort();
            next.proceed();
        });
        ProviderConnection idle = upstream.acquire(exchange.getIoThread());
        if (idle == null) {
            connect();
        } else {
            reused = true;
            send(idle);
        }
    }

    /**
     * Checks that both peers of a long call are alive. Called about once a second, from any thread; most calls complete
     * before their first check.
     */
    void checkLiveness() {
        exchange.getIoThread().execute(() -> {
            if (ended) {
                return;
            }
            if (connection == null || waitsForClient()) {
                touch();
            }
            if (System.nanoTime() - lastActivityNanos > idleTimeoutNanos) {
                onIdleTimeout();
            } else if (request.isRead() && !disconnectWatched) {
                disconnectWatched = true;
                watchClient();
            }
        });
    }

    /** Notes activity of the provider. */
    private void touch() {
        lastActivityNanos = System.nanoTime();
    }

    private void watchClient() {
        try {
            DisconnectDetector.start(exchange, this::abort);
        } catch (IOException e) { // the socket has just been closed
            abort();
        }
    }

    private void connect() {
        overhead.pause();
        upstream.connect(exchange.getConnection(), new Upstream.ConnectListener() {
            @Override
            public void connected(ProviderConnection made) {
                overhead.resume();
                if (ended) {
                    made.close();
                } else {
                    send(made);
                }
            }

            @Override
            public void failed(IOException e) {
                onUnreachable(e);
            }
        });
    }

    private void onUnreachable(IOException e) {
        String reason = e instanceof OutgoingProxyException
                ? ": " + e.getMessage()
                : " (" + e.getClass().getSimpleName() + ")";
        respondWithError(StatusCodes.BAD_GATEWAY, "cannot be reached" + reason);
    }

    private void send(ProviderConnection to) {
        connection = to;
        touch();
        var headers = new HeaderMap();
        HeaderForwarding.request(exchange.getRequestHeaders(), headers, upstream.host(), observer.acceptEncoding());
        StreamSinkChannel body =
                to.send(exchange.getRequestMethod(), target, headers, request.hasBody(), new ResponseListener());
        overhead.pause();
        request.start(body, to);
    }

    private final class ResponseListener implements ProviderConnection.Listener {
        @Override
        public void onResponse(ResponseHead head, StreamSourceChannel body) {
            if (!ended) {
                responded = true;
                touch();
                response = new ResponseRelay(exchange, head, body, observer, overhead, relayEvents);
                response.start();
            }
        }

        @Override
        public void onFailure(IOException e) {
            if (e instanceof MalformedResponseException) {
                respondWithError(StatusCodes.BAD_GATEWAY, String.valueOf(e.getMessage()));
            } else if (e instanceof OutgoingProxyException) {
                onUnreachable(e);
            } else {
                onNoResponse();
            }
        }
    }

    private final class RelayEvents implements RelayListener {
        @Override
        public void onProviderActivity() {
            touch();
        }

        @Override
        public void onResponseComplete() {
            ProxyExchange.this.onResponseComplete();
        }

        @Override
        public void onProviderFailure() {
            onNoResponse();
        }

        @Override
        public void onClientFailure() {
            abort();
        }
    }

    /** The response is complete; the connection is free, unless the request is not. */
    private void onResponseComplete() {
        if (ended) {
            return;
        }
        end(exchange.getStatusCode(), observer.onComplete(true));
        request.stop();
        if (connection != null) {
            upstream.release(connection);
        }
    }

    /** Whether a client that sends or reads slowly is why the provider is silent. */
    private boolean waitsForClient() {
        return (response != null && response.waitsForClient()) || request.waitsForClient();
    }

    private void onIdleTimeout() {
        if (responded) {
            abort();
        } else {
            respondWithError(StatusCodes.GATEWAY_TIME_OUT, "did not respond in time");
        }
    }

    private void onNoResponse() {
        if (ended) {
            return;
        }
        if (responded) {
            abort();
        } else if (reused
                && !request.hasBody()
                && IDEMPOTENT.contains(exchange.getRequestMethod().toString())) {
            reused = false; // the provider closed an idle connection
            connect();
        } else {
            respondWithError(StatusCodes.BAD_GATEWAY, "closed the connection without a response");
        }
    }

    /** Responds in place of the provider. */
    private void respondWithError(int status, String why) {
        if (ended) {
            return;
        }
        ended = true; // closing the connections reports further failures
        stopRelays();
        observer.onComplete(false);
        end(status, CallOutcome.ERROR);
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseSender().send(completion.error(status, "the provider, " + upstream.host() + ", " + why));
    }

    /** Ends the call without a complete response, and closes both connections so that neither peer takes it for complete. */
    private void abort() {
        if (!ended) {
            ended = true; // closing the connections reports further failures
            stopRelays();
            CallOutcome outcome = observer.onComplete(false);
            end(
                    responded ? exchange.getStatusCode() : CLIENT_CLOSED_REQUEST,
                    responded ? outcome : CallOutcome.INCOMPLETE);
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    /** Aborts the call, from any thread. */
    void abortSoon() {
        exchange.getIoThread().execute(this::abort);
    }

    /** Waits at most a few seconds. For other threads. */
    void awaitEnd() throws InterruptedException {
        end.await(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private void stopRelays() {
        request.stop();
        if (response != null) {
            response.stop();
        }
        if (connection != null) {
            connection.close();
        }
    }

    private void end(int code, CallOutcome outcome) {
        ended = true;
        end.countDown();
        completion.onComplete(code, outcome);
    }
}
