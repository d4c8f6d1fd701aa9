package io.usageexporter.provider.apify;

import io.usageexporter.event.Measure;
import io.usageexporter.polling.PollTask;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.provider.PollResult;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.AccountPlan;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.window.Window;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Polls Apify for the limits and usage of the account and for runs that were not announced. Runs on one thread; the
 * results may be read by any.
 */
final class ApifyPoller implements PollTask {
    private static final List<String> RESOURCES = List.of(ApifyIntegration.COMPUTE_UNITS, Measure.USD);

    private final RunTracker tracker;
    private final RunBackfill backfill;
    private final Supplier<ProviderConfig> provider;
    private final InstantSource clock;
    private volatile PollResult result = new PollResult(List.of(), null, null);

    /**
     * Sends no request yet.
     *
     * @param tracker whose settings have the token
     * @param backfill finds the runs
     * @param provider as configured now
     */
    public ApifyPoller(
            RunTracker tracker, RunBackfill backfill, Supplier<ProviderConfig> provider, InstantSource clock) {
        this.tracker = tracker;
        this.backfill = backfill;
        this.provider = provider;
        this.clock = clock;
    }

    /** The usage that Apify reports for the current windows; empty before the first poll. */
    public List<ProviderReportedUsage> reported() {
        return result.reported(clock.instant());
    }

    /** What the account allows; null if unknown or without limits. */
    public @Nullable AccountPlan plan() {
        return result.plan();
    }

    /** All that is known. */
    PollResult result() {
        return result;
    }

    @Override
    public void run() throws IOException, InterruptedException {
        ProviderException failure = null;
        Instant cycleStart = null;
        try {
            cycleStart = readAccount();
        } catch (ProviderException e) {
            if (!e.isRefused() && !e.isNotFound()) {
                throw e;
            }
            failure = e; // the token may be allowed to read runs but not the account
        }
        backfill.run(earlier(cycleStart));
        if (failure != null) {
            throw failure;
        }
    }

    /** Returns the start of the account's billing cycle, or null. */
    private @Nullable Instant readAccount() throws ProviderException, InterruptedException {
        String authorization = tracker.settings().authorization();
        Instant now = clock.instant();
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        Account account = tracker.api().account(authorization);
        AccountUsage usage = tracker.api().accountUsage(today, authorization);

        var ofCycle = new TreeMap<>(usage.ofCycle());
        account.used()
                .forEach((resource, used) -> ofCycle.merge(
                        resource, used, (paid, current) -> resource.equals(Measure.USD) ? paid : current));
        Instant nextCycle = account.cycleEnd() == null ? Instant.MAX : account.cycleEnd();
        Instant tomorrow = today.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        var next = new ArrayList<PollResult.Figure>();
        for (String resource : RESOURCES) {
            add(
                    Window.MONTHLY,
                    resource,
                    ofCycle.get(resource),
                    account.limits().get(resource),
                    nextCycle,
                    next);
            add(Window.DAILY, resource, usage.ofDay().get(resource), null, tomorrow, next);
        }
        AccountPlan plan = account.limits().isEmpty() || account.cycleDay() == 0
                ? null
                : new AccountPlan(account.limits(), account.cycleDay());
        result = new PollResult(next, null, plan);
        return account.cycleStart();
    }

    private void add(
            Window window,
            String resource,
            @Nullable BigDecimal used,
            @Nullable BigDecimal limit,
            Instant until,
            List<PollResult.Figure> figures) {
        if (used != null || limit != null) {
            var reported = new ProviderReportedUsage(provider.get().name(), resource, window, used, limit);
            figures.add(new PollResult.Figure(reported, until));
        }
    }

    /** The start of the current month by the billing cycle or by the configured window, whichever is earlier. */
    private Instant earlier(@Nullable Instant cycleStart) {
        ProviderConfig now = provider.get();
        Instant window =
                now.calendar().containing(Window.MONTHLY, clock.instant()).startsAt();
        return cycleStart != null && cycleStart.isBefore(window) ? cycleStart : window;
    }
}
