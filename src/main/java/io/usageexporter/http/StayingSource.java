package io.usageexporter.http;

import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Stays registered with the selector while reads are suspended, which they are between a request and its response, until
 * bytes come nevertheless. Few clients send any then, and the others are saved two system calls a request. Thread-safe.
 */
final class StayingSource extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private boolean resumed;
    private boolean registered;

    /** @param channel that reads from the socket, and gets this as its conduit, or one that reads from this */
    StayingSource(ConduitStreamSourceChannel channel) {
        super(channel.getConduit());
        setReadReadyHandler(new ReadReadyHandler.ChannelListenerHandler<>(channel));
    }

    /**
     * Sets the handler, which may be that of a conduit above, and which is only notified while reads are resumed: otherwise
     * bytes that are not read yet would notify it without end, and TLS would close the connection for that.
     */
    @Override
    public void setReadReadyHandler(ReadReadyHandler handler) {
        super.setReadReadyHandler(new ReadReadyHandler() {
            @Override
            public void readReady() {
                if (isWanted()) {
                    handler.readReady();
                }
            }

            @Override
            public void forceTermination() {
                handler.forceTermination();
            }

            @Override
            public void terminated() {
                handler.terminated();
            }
        });
    }

    /** Whether reads are resumed; if not, they are suspended for good. */
    private synchronized boolean isWanted() {
        if (!resumed) {
            registered = false;
            next.suspendReads();
        }
        return resumed;
    }

    @Override
    public synchronized void resumeReads() {
        resumed = true;
        if (!registered) {
            registered = true;
            next.resumeReads();
        }
    }

    @Override
    public synchronized void wakeupReads() {
        resumed = true;
        registered = true;
        next.wakeupReads();
    }

    @Override
    public synchronized void suspendReads() {
        resumed = false;
    }

    @Override
    public synchronized boolean isReadResumed() {
        return resumed && next.isReadResumed();
    }
}
