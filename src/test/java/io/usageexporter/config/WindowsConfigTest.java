package io.usageexporter.config;

import static io.usageexporter.config.ConfigFixture.anthropic;
import static io.usageexporter.config.ConfigFixture.errors;
import static io.usageexporter.config.ConfigFixture.provider;
import static io.usageexporter.config.ConfigFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.totals.CountedWindows;
import io.usageexporter.window.Window;
import io.usageexporter.window.WindowCalendar;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class WindowsConfigTest {
    @Test
    void readsTheLimitsOfEachWindow() throws Exception {
        var anthropic = anthropic("limits: {hourly: {requests: 1}, daily: {requests: 2}, weekly: {requests: 3},"
                + " monthly: {requests: 4}, session: {requests: 5}}");
        assertThat(anthropic.limit(Window.HOURLY, "requests")).isEqualByComparingTo("1");
        assertThat(anthropic.limit(Window.DAILY, "requests")).isEqualByComparingTo("2");
        assertThat(anthropic.limit(Window.WEEKLY, "requests")).isEqualByComparingTo("3");
        assertThat(anthropic.limit(Window.MONTHLY, "requests")).isEqualByComparingTo("4");
        assertThat(anthropic.limit(Window.SESSION, "requests")).isEqualByComparingTo("5");
        assertThat(anthropic.windows()).containsExactly(Window.values());
        assertThat(anthropic.countedWindows()).isEqualTo(new CountedWindows(true, Duration.ofHours(5)));
    }

    @Test
    void withoutALimitOnlyDayAndMonthAreShown() throws Exception {
        var anthropic = anthropic("limits: {daily: {requests: 2}, weekly: {}, hourly: {}, session: {}}");
        assertThat(anthropic.windows()).containsExactly(Window.DAILY, Window.MONTHLY);
        assertThat(anthropic.countedWindows()).isEqualTo(CountedWindows.NONE);
    }

    @Test
    void limitOfAConsumerIsEnoughToCountAWindow() throws Exception {
        Config config = read("""
                consumers: {growth: {limits: {anthropic: {session: {requests: 1}, hourly: {requests: 1}}}}}
                providers: {anthropic: {limits: {daily: {requests: 1}}}}
                """);
        assertThat(provider(config, "anthropic").countedWindows())
                .isEqualTo(new CountedWindows(true, Duration.ofHours(5)));
    }

    @Test
    void weeksBeginOnMondayAndSessionsLastFiveHoursByDefault() throws Exception {
        assertThat(anthropic("limits: {weekly: {requests: 3}}").calendar())
                .isEqualTo(new WindowCalendar(ConfigReader.UTC, DayOfWeek.MONDAY, 1, Duration.ofHours(5)));
    }

    @Test
    void windowsOfAProviderOverrideThoseOfTheFileOneByOne() throws Exception {
        Config config = read("""
                timezone: Asia/Kolkata
                windows: {weekly: {start_day: sunday}, session: {length: 90m}, monthly: {reset_day: 5}}
                providers:
                  anthropic: {limits: {weekly: {requests: 1}}}
                  apify:
                    limits: {weekly: {compute_units: 1}}
                    timezone: "+01:00"
                    windows: {weekly: {start_day: thursday}, session: {length: 7d}}
                """);
        assertThat(provider(config, "anthropic").calendar())
                .isEqualTo(new WindowCalendar(ZoneId.of("Asia/Kolkata"), DayOfWeek.SUNDAY, 5, Duration.ofMinutes(90)));
        assertThat(provider(config, "apify").calendar())
                .isEqualTo(new WindowCalendar(ZoneOffset.ofHours(1), DayOfWeek.THURSDAY, 5, Duration.ofDays(7)));
    }

    @Test
    void invalidWindowsOfTheFileAreNamedWithTheirLine() {
        assertThat(errors("""
                windows:
                  weekly: {start_day: caturday}
                providers: {anthropic: {limits: {weekly: {requests: 1}}}}
                """))
                .startsWith("my.yml:2: windows.weekly.start_day: must be monday or ")
                .endsWith(", not \"caturday\"");
    }
}
