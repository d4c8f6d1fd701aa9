package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.provider.PlanWindow;
import io.usageexporter.provider.PlanWindowState;
import io.usageexporter.quota.ExhaustionForecast.Kind;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlanWindowsTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");
    private static final Instant RESET = Instant.parse("2026-11-24T14:00:00Z");

    private final PlanWindows windows = new PlanWindows();

    private static PlanWindow window(String organization, String name, String used, @Nullable Instant reset) {
        return new PlanWindow("anthropic", organization, name, new BigDecimal(used), reset, null, "allowed", false);
    }

    private static PlanWindow binding(String name, boolean isBinding) {
        return new PlanWindow("anthropic", "a", name, BigDecimal.ZERO, RESET, null, null, isBinding);
    }

    private void put(String used, @Nullable Instant reset, Instant at) {
        windows.put(List.of(window("a", "5h", used, reset)), at);
    }

    private PlanWindowState only(Instant now) {
        List<PlanWindowState> states = windows.at(now);
        assertThat(states).hasSize(1);
        return states.get(0);
    }

    private static Instant minutes(long minutes) {
        return NOW.plus(Duration.ofMinutes(minutes));
    }

    @Test
    void theNewestCounts() {
        put("0.1", RESET, NOW);
        put("0.3", RESET, minutes(2));
        put("0.2", RESET, minutes(1));

        assertThat(only(minutes(3)).window().used()).isEqualTo("0.3");
        assertThat(only(minutes(3)).reportedAt()).isEqualTo(minutes(2));
    }

    @Test
    void organizationsAndWindowsAreKeptApart() {
        PlanWindow a5 = window("a", "5h", "0.1", RESET);
        PlanWindow a7 = window("a", "7d", "0.2", RESET);
        PlanWindow b5 = window("b", "5h", "0.3", RESET);
        var other = new PlanWindow("other", "a", "5h", BigDecimal.ONE, RESET, null, null, false);
        windows.put(List.of(other), NOW);
        windows.put(List.of(b5), NOW);
        windows.put(List.of(a7, a5), NOW);

        assertThat(windows.at(NOW)).extracting(PlanWindowState::window).containsExactly(a5, a7, b5, other);
    }

    @Test
    void aWindowIsDroppedAtItsReset() {
        put("0.9", RESET, NOW);
        assertThat(windows.at(RESET.minusMillis(1))).hasSize(1);
        assertThat(windows.at(RESET)).isEmpty();
        assertThat(windows.at(NOW)).isEmpty();
    }

    @Test
    void aWindowThatIsAlreadyOverIsNotShown() {
        put("0.9", NOW, NOW);

        assertThat(windows.at(NOW)).isEmpty();
    }

    @Test
    void aWindowWithoutAResetIsDroppedAfterAnHour() {
        put("0.9", null, NOW);
        assertThat(windows.at(minutes(59))).hasSize(1);
        assertThat(windows.at(minutes(60))).isEmpty();
    }

    @Test
    void onlyTheLatestResponseNamesTheBindingWindow() {
        windows.put(List.of(binding("5h", false), binding("7d", true), binding("7d_oi", false)), NOW);
        assertThat(windows.at(NOW)).extracting(PlanWindowState::isBinding).containsExactly(false, true, false);

        windows.put(List.of(binding("5h", true), binding("7d_oi", false)), minutes(1));
        assertThat(windows.at(minutes(1)))
                .extracting(PlanWindowState::isBinding)
                .containsExactly(true, false, false);
    }

    @Test
    void furtherSubscriptionsAndWindowsAreLeftOutUntilThereIsRoom() {
        for (int i = 0; i < PlanWindows.MAX_SUBSCRIPTIONS + 10; i++) {
            for (int j = 0; j < PlanWindows.MAX_WINDOWS + 10; j++) {
                windows.put(List.of(window("organization-" + i, "window-" + j, "0.1", RESET)), NOW);
            }
        }
        int most = PlanWindows.MAX_SUBSCRIPTIONS * PlanWindows.MAX_WINDOWS;
        assertThat(windows.at(NOW)).hasSize(most);

        PlanWindow known = window("organization-0", "window-0", "0.7", RESET);
        windows.put(List.of(known), minutes(1));
        windows.put(List.of(new PlanWindow("other", "a", "5h", BigDecimal.ONE, RESET, null, null, false)), minutes(1));
        assertThat(windows.at(minutes(1)))
                .hasSize(most + 1)
                .extracting(PlanWindowState::window)
                .contains(known);

        windows.put(List.of(window("late", "5h", "0.1", RESET.plusSeconds(60))), RESET);
        assertThat(windows.at(RESET)).hasSize(1);
    }

    @Test
    void growthBetweenReportsIsForecast() {
        put("0.2", RESET, NOW);
        put("0.5", RESET, minutes(30));

        assertThat(only(minutes(30)).forecast().at()).isEqualTo(minutes(80));
    }

    @Test
    void aWindowOfKnownLengthIsForecastFromItsFirstReport() {
        windows.put(
                List.of(new PlanWindow(
                        "anthropic", "a", "5h", new BigDecimal("0.5"), minutes(240), Duration.ofHours(5), null, true)),
                NOW);

        assertThat(only(NOW).forecast().at()).isEqualTo(minutes(60));
    }

    @Test
    void manyReportsAreForecastAsWellAsFew() {
        for (int i = 0; i <= 1000; i++) {
            put(BigDecimal.valueOf(i, 4).toPlainString(), NOW.plus(Duration.ofDays(7)), minutes(i));
        }
        // Twelve times the past reach just beyond 9,000 minutes.
        assertThat(only(minutes(1000)).forecast().at()).isEqualTo(minutes(10_000));
    }

    @Test
    void memoryOfReportsIsBounded() {
        PlanWindow window = window("a", "7d", "0.1", NOW.plus(Duration.ofDays(7)));
        var history = new PlanWindowHistory(window, NOW);
        for (int i = 1; i < 6 * 24 * 60; i++) {
            history.put(window, minutes(i));
        }

        assertThat(history.points()).isLessThan(150);
    }

    @Test
    void aNewWindowStartsANewForecast() {
        put("0.2", RESET, NOW);
        put("0.8", RESET, minutes(30));
        put("0.8", RESET.plus(Duration.ofHours(5)), minutes(40));

        assertThat(only(minutes(40)).forecast().kind()).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void resetThatIsReportedASecondOffContinuesTheForecast() {
        put("0.2", RESET, NOW);
        put("0.5", RESET.plusSeconds(1), minutes(30));

        assertThat(only(minutes(30)).forecast().at()).isEqualTo(minutes(80));
    }

    @Test
    void aShareThatFallsWithinItsWindowIsBelieved() {
        put("0.2", RESET, NOW);
        put("0.9", RESET, minutes(10));
        put("0.5", RESET, minutes(30));

        assertThat(only(minutes(30)).window().used()).isEqualTo("0.5");
        assertThat(only(minutes(30)).forecast().at()).isEqualTo(minutes(80));
    }

    @Test
    void aWindowThatIsUsedUpKeepsTheTimeAtWhichItWas() {
        var shares = new ArrayList<String>(List.of("0.9", "1", "1.01", "1.02", "1.03"));
        for (int i = 0; i < shares.size(); i++) {
            put(shares.get(i), RESET, minutes(i));
        }

        assertThat(only(minutes(60)).forecast().kind()).isEqualTo(Kind.RAN_OUT);
        assertThat(only(minutes(60)).forecast().at()).isEqualTo(minutes(1));
    }
}
