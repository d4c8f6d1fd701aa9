package io.usageexporter.gateway;

/** Measures the delay that the gateway adds to the first byte of a response. */
final class OverheadTimer {
    private final String provider;
    private final GatewayMetrics metrics;
    private long nanos;
    private long since = System.nanoTime();
    private boolean running = true;
    private boolean finished;

    /** Starts the timer. */
    OverheadTimer(String provider, GatewayMetrics metrics) {
        this.provider = provider;
        this.metrics = metrics;
    }

    /** What follows is not the gateway's time. */
    void pause() {
        if (running) {
            nanos += System.nanoTime() - since;
            running = false;
        }
    }

    /** What follows is the gateway's time again. */
    void resume() {
        if (!running && !finished) {
            since = System.nanoTime();
            running = true;
        }
    }

    /** The first byte was forwarded. */
    void finish() {
        if (!finished) {
            pause();
            finished = true;
            metrics.overhead(provider, nanos);
        }
    }
}
