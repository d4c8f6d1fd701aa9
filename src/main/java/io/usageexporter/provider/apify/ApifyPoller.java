package io.usageexporter.provider.apify;

import io.usageexporter.polling.PollTask;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.AccountPlan;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Window;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks Apify for the limits and the usage of the account, and looks for runs that were not announced. To be run by one thread;
 * what it has learned may be read by any.
 */
final class ApifyPoller implements PollTask {
    private static final String COMPUTE_UNITS = "compute_units";

    private final RunTracker tracker;
    private final RunBackfill search;
    private final Supplier<ProviderConfig> provider;
    private final InstantSource clock;
    private volatile List<Told> told = List.of();
    private volatile @Nullable AccountPlan plan;

    /** A figure, and until when it says something. */
    private record Told(ProviderReportedUsage reported, Instant until) {}

    /**
     * Asks nothing yet.
     *
     * @param tracker takes the runs; its settings have the token
     * @param search finds them
     * @param provider as configured now
     */
    public ApifyPoller(RunTracker tracker, RunBackfill search, Supplier<ProviderConfig> provider, InstantSource clock) {
        this.tracker = tracker;
        this.search = search;
        this.provider = provider;
        this.clock = clock;
    }

    /** What Apify says of the windows that are running; empty as long as it was not asked. */
    public List<ProviderReportedUsage> reported() {
        Instant now = clock.instant();
        return told.stream()
                .filter(each -> each.until().isAfter(now))
                .map(Told::reported)
                .toList();
    }

    /** What the account allows; null as long as it is not known, and when there is no limit. */
    public @Nullable AccountPlan plan() {
        return plan;
    }

    @Override
    public void run() throws IOException, InterruptedException {
        ProviderException trouble = null;
        Instant cycleStart = null;
        try {
            cycleStart = readAccount();
        } catch (ProviderException e) {
            if (!e.isRefused() && !e.isNotFound()) {
                throw e;
            }
            trouble = e; // a token may be allowed to read runs and nothing of the account
        }
        search.run(earlier(cycleStart));
        if (trouble != null) {
            throw trouble;
        }
    }

    /** Returns when the account's cycle began, or null. */
    private @Nullable Instant readAccount() throws ProviderException, InterruptedException {
        String authorization = tracker.settings().authorization();
        Instant now = clock.instant();
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        Account account = tracker.api().account(authorization);
        var monthly = tracker.api().monthlyUse(authorization);

        BigDecimal ofMonth = account.used() == null ? Account.unitsOfCycle(monthly) : account.used();
        BigDecimal ofDay = Account.unitsOfDay(monthly, today);
        var next = new ArrayList<Told>();
        if (ofMonth != null || account.limit() != null) {
            Instant until = account.cycleEnd() == null ? Instant.MAX : account.cycleEnd();
            next.add(new Told(reported(Window.MONTHLY, ofMonth, account.limit()), until));
        }
        if (ofDay != null) {
            Instant tomorrow = today.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
            next.add(new Told(reported(Window.DAILY, ofDay, null), tomorrow));
        }
        told = List.copyOf(next);
        BigDecimal limit = account.limit();
        plan = limit == null || account.cycleDay() == 0 ? null : new AccountPlan(limit, account.cycleDay());
        return account.cycleStart();
    }

    private ProviderReportedUsage reported(Window window, @Nullable BigDecimal used, @Nullable BigDecimal limit) {
        return new ProviderReportedUsage(provider.get().name(), COMPUTE_UNITS, window, used, limit);
    }

    /** Where the running month begins, by the account's cycle or the configured window, whichever is earlier. */
    private Instant earlier(@Nullable Instant cycleStart) {
        ProviderConfig now = provider.get();
        Instant window = Window.MONTHLY
                .containing(clock.instant(), now.zone(), now.resetDay())
                .startsAt();
        return cycleStart != null && cycleStart.isBefore(window) ? cycleStart : window;
    }
}
