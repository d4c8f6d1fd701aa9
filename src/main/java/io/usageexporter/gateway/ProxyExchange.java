package io.usageexporter.gateway;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
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
 * One call in flight: forwards the request and the response, has both observed, and ends once, however it ends. For the
 * I/O thread of the client's connection.
 */
final class ProxyExchange {
    private static final long PATIENCE_SECONDS = 2;
    private static final int CLIENT_LEFT = 499;
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS");

    private final HttpServerExchange exchange;
    private final Upstream upstream;
    private final String target;
    private final ExchangeObserver observer;
    private final Ending ending;
    private final OverheadTimer overhead;
    private final RequestRelay request;
    private @Nullable ProviderConnection connection;
    private @Nullable ResponseRelay answer;
    private boolean reused;
    private boolean answered;
    private boolean ended;
    private final CountDownLatch end = new CountDownLatch(1);
    private final long patienceNanos;
    private boolean watched;
    private long heardAt = System.nanoTime();

    /** What the owner hears of, once. */
    interface Ending {
        void ended(int code, CallOutcome outcome);

        /** The response to a call that cannot be forwarded, as the provider would write it. */
        String error(int status, String message);
    }

    /** @param target path and query on the provider's host */
    ProxyExchange(
            HttpServerExchange exchange,
            Upstream upstream,
            String target,
            ExchangeObserver observer,
            Ending ending,
            OverheadTimer overhead) {
        this.exchange = exchange;
        this.upstream = upstream;
        this.target = target;
        this.observer = observer;
        this.ending = ending;
        this.overhead = overhead;
        this.request = new RequestRelay(exchange, observer, new RequestOwner());
        this.patienceNanos = upstream.patience().toNanos();
    }

    void start() {
        exchange.addExchangeCompleteListener((done, next) -> {
            left();
            next.proceed();
        });
        ProviderConnection idle = upstream.takeIdle(exchange.getIoThread());
        if (idle == null) {
            connect();
        } else {
            reused = true;
            send(idle);
        }
    }

    /**
     * Looks after a call that takes its time: whether the provider is still there, and the client. To be called now and
     * then, from any thread; for calls that end sooner it would cost more than they do.
     */
    void lookAfter() {
        exchange.getIoThread().execute(() -> {
            if (ended) {
                return;
            }
            if (connection == null || waitsForClient()) {
                heard();
            }
            if (System.nanoTime() - heardAt > patienceNanos) {
                giveUp();
            } else if (request.isRead() && !watched) {
                watched = true;
                watchClient();
            }
        });
    }

    /** The provider gave a sign of life. */
    private void heard() {
        heardAt = System.nanoTime();
    }

    private void watchClient() {
        try {
            DisconnectDetector.start(exchange, this::left);
        } catch (IOException e) { // of a socket that has just been closed
            left();
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
                fail(
                        StatusCodes.BAD_GATEWAY,
                        "cannot be reached (" + e.getClass().getSimpleName() + ")");
            }
        });
    }

    private void send(ProviderConnection to) {
        connection = to;
        heard();
        var headers = new HeaderMap();
        HeaderForwarding.request(exchange.getRequestHeaders(), headers, upstream.host(), observer.acceptEncoding());
        StreamSinkChannel body =
                to.send(exchange.getRequestMethod(), target, headers, request.hasBody(), new AnswerListener());
        overhead.pause();
        request.start(body, to);
    }

    /** The request as it passes. */
    private final class RequestOwner implements RequestRelay.Owner {
        @Override
        public void heard() {
            ProxyExchange.this.heard();
        }

        @Override
        public void providerFailed() {
            notAnswered();
        }

        @Override
        public void clientFailed() {
            left();
        }
    }

    private final class AnswerListener implements ProviderConnection.Listener {
        @Override
        public void responded(ResponseHead head, StreamSourceChannel body) {
            if (!ended) {
                answered = true;
                heard();
                answer = new ResponseRelay(exchange, head, body, observer, overhead, new AnswerOwner());
                answer.start();
            }
        }

        @Override
        public void failed(IOException e) {
            if (e instanceof MalformedResponseException) {
                fail(StatusCodes.BAD_GATEWAY, String.valueOf(e.getMessage()));
            } else {
                notAnswered();
            }
        }
    }

    /** The response as it passes. */
    private final class AnswerOwner implements ResponseRelay.Owner {
        @Override
        public void heard() {
            ProxyExchange.this.heard();
        }

        @Override
        public void ended() {
            answerEnded();
        }

        @Override
        public void providerFailed() {
            breakOff();
        }

        @Override
        public void clientFailed() {
            left();
        }
    }

    /** The response is complete; its connection is free, unless it still waits for the request. */
    private void answerEnded() {
        if (ended) {
            return;
        }
        end(exchange.getStatusCode(), observer.onComplete(true));
        request.stop();
        if (connection != null) {
            upstream.giveBack(connection);
        }
    }

    /** Whether a client that sends or takes slowly is why nothing is heard of the provider. */
    private boolean waitsForClient() {
        return (answer != null && answer.waitsForClient()) || request.waitsForClient();
    }

    private void giveUp() {
        if (answered) {
            breakOff();
        } else {
            fail(StatusCodes.GATEWAY_TIME_OUT, "did not answer in time");
        }
    }

    private void notAnswered() {
        if (ended) {
            return;
        }
        if (answered) {
            breakOff();
        } else if (reused
                && !request.hasBody()
                && IDEMPOTENT.contains(exchange.getRequestMethod().toString())) {
            reused = false; // the provider closed a connection that had waited too long
            connect();
        } else {
            fail(StatusCodes.BAD_GATEWAY, "closed the connection without an answer");
        }
    }

    /** Responds in the provider's place. */
    private void fail(int status, String why) {
        if (ended) {
            return;
        }
        ended = true; // what is closed next is heard of as another failure
        stopPassing();
        observer.onComplete(false);
        end(status, CallOutcome.ERROR);
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseSender().send(ending.error(status, "the provider, " + upstream.host() + ", " + why));
    }

    /** The response will not be completed, and the client must not take what it has for a complete one. */
    private void breakOff() {
        left();
    }

    /** The client is gone: nothing more is wanted of the provider. */
    private void left() {
        if (!ended) {
            ended = true; // what is closed next is heard of as another failure
            stopPassing();
            CallOutcome outcome = observer.onComplete(false);
            end(answered ? exchange.getStatusCode() : CLIENT_LEFT, answered ? outcome : CallOutcome.INCOMPLETE);
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    /** Breaks the call off, from any thread. */
    void breakOffSoon() {
        exchange.getIoThread().execute(this::breakOff);
    }

    /** Waits a few seconds at the most, in another thread. */
    void awaitEnd() throws InterruptedException {
        end.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void stopPassing() {
        request.stop();
        if (answer != null) {
            answer.stop();
        }
        if (connection != null) {
            connection.close();
        }
    }

    private void end(int code, CallOutcome outcome) {
        ended = true;
        end.countDown();
        ending.ended(code, outcome);
    }
}
