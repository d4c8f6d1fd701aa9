package io.usageexporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.undertow.conduits.ReadTimeoutStreamSourceConduit;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xnio.ChannelListeners;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSourceConduit;

@Timeout(60)
class StayingSourceTest {
    private final BlockingQueue<StreamConnection> accepted = new ArrayBlockingQueue<>(1);
    private final AtomicInteger notified = new AtomicInteger();
    private XnioWorker worker;
    private Socket client;
    private StreamSourceConduit socket;
    private StreamConnection connection;
    private ConduitStreamSourceChannel channel;

    @BeforeEach
    void connect() throws Exception {
        worker = Xnio.getInstance().createWorker(OptionMap.EMPTY);
        AcceptingChannel<StreamConnection> server = worker.createStreamConnectionServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ChannelListeners.<StreamConnection>openListenerAdapter(accepted::add),
                OptionMap.EMPTY);
        server.resumeAccepts();
        InetSocketAddress address = server.getLocalAddress(InetSocketAddress.class);
        client = new Socket(address.getAddress(), address.getPort());
        connection = accepted.take();
        channel = connection.getSourceChannel();
        socket = channel.getConduit();
        channel.setConduit(new StayingSource(channel));
        channel.setReadListener(readable -> {
            notified.incrementAndGet();
            readable.suspendReads();
        });
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        worker.shutdownNow();
    }

    @Test
    void suspendedReadsStayRegisteredUntilBytesCome() throws Exception {
        channel.resumeReads();
        channel.suspendReads();
        assertThat(channel.isReadResumed()).isFalse();
        assertThat(socket.isReadResumed()).isTrue();
        client.getOutputStream().write(1);
        await().until(() -> !socket.isReadResumed());
        assertThat(notified).hasValue(0);
    }

    @Test
    void aTimeoutAboveIsNotNotifiedOfBytesEither() throws Exception {
        channel.setConduit(new ReadTimeoutStreamSourceConduit(
                channel.getConduit(), connection, new HttpOpenListener(new DefaultByteBufferPool(false, 1024))));
        suspendedReadsStayRegisteredUntilBytesCome();
    }

    @Test
    void bytesThatCameMeanwhileAreNotifiedOnceReadsAreResumed() throws Exception {
        channel.resumeReads();
        channel.suspendReads();
        client.getOutputStream().write(1);
        await().until(() -> !socket.isReadResumed());
        channel.resumeReads();
        await().until(() -> notified.get() == 1);
    }

    @Test
    void resumedReadsAreNotifiedOfBytesAndOfTheEnd() throws Exception {
        channel.resumeReads();
        client.getOutputStream().write(1);
        await().until(() -> notified.get() == 1);
        client.close();
        channel.resumeReads();
        await().until(() -> notified.get() == 2);
    }
}
