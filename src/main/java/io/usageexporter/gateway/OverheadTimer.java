package io.usageexporter.gateway;

/** Measures the time that the gateway adds before the first byte of a response is forwarded. */
final class OverheadTimer {
    private final String provider;
    private final GatewayMetrics metrics;
    private long nanos;
    private long since = System.nanoTime();
    private boolean running = true;
    private boolean finished;

    /** Runs from now on. */
    OverheadTimer(String provider, GatewayMetrics metrics) {
        this.provider = provider;
        this.metrics = metrics;
    }

    /** What follows would take its time without the gateway too. */
    void pause() {
        if (running) {
            nanos += System.nanoTime() - since;
            running = false;
        }
    }

    /** The gateway works again. */
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
