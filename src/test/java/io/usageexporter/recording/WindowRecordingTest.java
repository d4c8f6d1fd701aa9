package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.Config;
import io.usageexporter.testing.Configs;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hours and sessions in the ledger, which are counted for providers with a limit in such a window. */
@Tag("ledger")
class WindowRecordingTest {
    @TempDir
    Path folder = Path.of("");

    RecorderFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new RecorderFixture(folder, config("daily: {compute_units: 9}"));
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static Config config(String limits, String... keys) throws Exception {
        return Configs.read("usage.yml", "providers: {apify: {limits: {" + limits + "}" + String.join("", keys) + "}}");
    }

    private static Config hours(String... keys) throws Exception {
        return config("hourly: {compute_units: 9}", keys);
    }

    private static Config sessions(String length) throws Exception {
        return config("session: {compute_units: 9}", ", windows: {session: {length: " + length + "}}");
    }

    private void run(String id, String at, String units) {
        fixture.observe(RecorderFixture.run(id, at, units));
    }

    /** The sums in the ledger by window, start and date. */
    private Map<String, BigDecimal> stored() throws Exception {
        var stored = new TreeMap<String, BigDecimal>();
        fixture.windows()
                .forEach((part, cells) -> stored.put(
                        part.window().label() + " " + part.startsAt() + " " + part.date(),
                        cells.values().stream()
                                .reduce(BigDecimal.ZERO, BigDecimal::add)
                                .stripTrailingZeros()));
        return stored;
    }

    private static Map<String, BigDecimal> sums(Object... starts) {
        var sums = new TreeMap<String, BigDecimal>();
        for (int i = 0; i < starts.length; i += 2) {
            sums.put((String) starts[i], new BigDecimal((String) starts[i + 1]).stripTrailingZeros());
        }
        return sums;
    }

    @Test
    void withoutALimitNothingIsCounted() throws Exception {
        run("a", RecorderFixture.NOW, "1");
        assertThat(stored()).isEmpty();
    }

    @Test
    void hoursAreCountedFromTheFirstEventOnceTheyAreLimited() throws Exception {
        run("a", "2026-11-01T00:59:59Z", "1");
        run("b", "2026-11-24T09:00:00Z", "2");
        fixture.configure(hours());
        run("c", "2026-11-24T09:10:00Z", "4");

        assertThat(stored())
                .isEqualTo(sums(
                        "hourly 2026-11-01T00:00:00Z 2026-11-01", "1", "hourly 2026-11-24T09:00:00Z 2026-11-24", "6"));
        assertThat(fixture.snapshot().windows().parts()).hasSize(1);
        fixture.verify(3);
    }

    @Test
    void hoursFollowTheZone() throws Exception {
        fixture.configure(hours());
        run("a", "2026-11-24T08:40:00Z", "1");
        run("b", "2026-11-24T08:20:00Z", "2");
        fixture.configure(hours(", timezone: Asia/Kolkata"));

        assertThat(stored())
                .isEqualTo(sums(
                        "hourly 2026-11-24T07:30:00Z 2026-11-24", "2", "hourly 2026-11-24T08:30:00Z 2026-11-24", "1"));
        fixture.verify(2);
    }

    @Test
    void anotherLengthMakesOtherSessions() throws Exception {
        fixture.configure(sessions("5h"));
        run("a", "2026-11-24T00:00:00Z", "1");
        run("b", "2026-11-24T02:00:00Z", "2");
        fixture.configure(sessions("1h"));
        run("c", "2026-11-24T02:59:59Z", "4");

        assertThat(stored())
                .isEqualTo(sums(
                        "session 2026-11-24T00:00:00Z 2026-11-24",
                        "1",
                        "session 2026-11-24T02:00:00Z 2026-11-24",
                        "6"));
        fixture.verify(3);
    }

    @Test
    void whatIsNoLongerLimitedIsForgotten() throws Exception {
        fixture.configure(hours());
        run("a", RecorderFixture.NOW, "1");
        fixture.configure(config("daily: {compute_units: 9}"));
        run("b", RecorderFixture.NOW, "2");

        assertThat(stored()).isEmpty();
        assertThat(fixture.snapshot().windows().parts()).isEmpty();
        fixture.verify(2);
    }

    @Test
    void restartKeepsWhatIsCounted() throws Exception {
        fixture.configure(config("hourly: {compute_units: 9}, session: {compute_units: 9}"));
        run("a", "2026-11-24T09:05:00Z", "1");
        fixture.restart();

        assertThat(fixture.snapshot().windows().parts()).hasSize(2);
        run("b", "2026-11-24T09:06:00Z", "2");
        assertThat(stored())
                .isEqualTo(sums(
                        "hourly 2026-11-24T09:00:00Z 2026-11-24", "3", "session 2026-11-24T09:05:00Z 2026-11-24", "3"));
        fixture.verify(2);
    }

    @Test
    void failedWriteOpensNoSession() throws Exception {
        fixture.configure(sessions("5h"));
        fixture.breakLedger();
        run("a", "2026-11-24T08:00:00Z", "1");
        fixture.repairLedger();
        run("b", "2026-11-24T09:00:00Z", "2");

        assertThat(stored()).isEqualTo(sums("session 2026-11-24T09:00:00Z 2026-11-24", "2"));
        fixture.verify(1);
    }

    @Test
    void raiseOfAnOldRunCountsInItsSession() throws Exception {
        fixture.configure(sessions("5h"));
        run("a", "2026-11-24T06:00:00Z", "1");
        run("b", "2026-11-24T09:00:00Z", "2");
        fixture.clock().advance(Duration.ofDays(100));
        fixture.restart();
        run("c", "2027-03-04T09:00:00Z", "4");
        run("b", "2026-11-24T09:00:00Z", "10");

        assertThat(stored())
                .isEqualTo(sums(
                        "session 2026-11-24T06:00:00Z 2026-11-24",
                        "11",
                        "session 2027-03-04T09:00:00Z 2027-03-04",
                        "4"));
        fixture.verify(3);
    }

    @Test
    void memoryHoldsOnlyWindowsOfTheLastHour() throws Exception {
        fixture.configure(config("hourly: {compute_units: 9}, session: {compute_units: 9}"));
        for (int hour = 0; hour < 48; hour++) {
            fixture.submit(RecorderFixture.run("" + hour, null, "1"));
            fixture.clock().advance(Duration.ofHours(1));
        }
        assertThat(fixture.snapshot().windows().parts()).hasSizeLessThanOrEqualTo(4);
        assertThat(stored()).hasSizeGreaterThan(48);
        fixture.verify(48);
    }
}
