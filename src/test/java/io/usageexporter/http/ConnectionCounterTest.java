package io.usageexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.ConnectionLimits;
import io.usageexporter.http.Refusals.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConnectionCounterTest {
    private final ConnectionCounter counter = new ConnectionCounter(
            new ConnectionLimits(5, 2, Duration.ofSeconds(1), Duration.ofSeconds(1)),
            client -> client.getHostAddress().equals("10.0.0.1"));

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }

    private @Nullable Reason open(String address) throws UnknownHostException {
        return counter.opened(address(address));
    }

    @Test
    void furtherConnectionOfAnAddressIsRefusedUntilOneCloses() throws Exception {
        assertThat(open("192.0.2.1")).isNull();
        assertThat(open("192.0.2.1")).isNull();
        assertThat(open("192.0.2.1")).isEqualTo(Reason.CONNECTIONS_PER_ADDRESS);
        assertThat(open("192.0.2.2")).isNull();
        counter.closed(address("192.0.2.1"));
        assertThat(open("192.0.2.1")).isNull();
        assertThat(counter.open()).isEqualTo(3);
    }

    @Test
    void trustedProxyHasNoLimitOfItsOwn() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(open("10.0.0.1")).isNull();
        }
        assertThat(open("10.0.0.1")).isEqualTo(Reason.CONNECTIONS);
        assertThat(open("192.0.2.1")).isEqualTo(Reason.CONNECTIONS);
        assertThat(counter.open()).isEqualTo(5);
    }

    @Test
    void addressesOfOneIpv6NetworkAreOneClient() throws Exception {
        assertThat(open("2001:db8:0:1::1")).isNull();
        assertThat(open("2001:db8:0:1::2")).isNull();
        assertThat(open("2001:db8:0:1:ffff::3")).isEqualTo(Reason.CONNECTIONS_PER_ADDRESS);
        assertThat(open("2001:db8:0:2::1")).isNull();
    }
}
