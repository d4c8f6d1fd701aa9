package io.usageexporter.provider.anthropic;

import io.usageexporter.config.Secret;
import io.usageexporter.polling.PollTask;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Window;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Polls Anthropic's report of an organization's usage: from the start of the current month, and at least two days back.
 * Each poll reads everything again, so that late changes are included. The last report stays until a poll has succeeded
 * completely. It is not recorded, only compared with the ledger. Runs on one thread; the results may be read by any.
 */
public final class AnthropicPoller implements PollTask {
    /** Maximum number of pages; a longer report is an error. */
    static final int MAX_PAGES = 40;

    private static final int DAYS_BACK = 2;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final Logger LOG = System.getLogger(AnthropicPoller.class.getName());

    private final ProviderHttpClient api;
    private final Secret adminKey;
    private final Supplier<ProviderConfig> provider;
    private final InstantSource clock;
    private boolean isFallbackLogged;
    private volatile @Nullable UsageReportSnapshot latest;

    /**
     * Sends no request yet.
     *
     * @param api to be closed by the caller
     * @param provider as configured now
     */
    public AnthropicPoller(
            ProviderHttpClient api, Secret adminKey, Supplier<ProviderConfig> provider, InstantSource clock) {
        this.api = api;
        this.adminKey = adminKey;
        this.provider = provider;
        this.clock = clock;
    }

    /** The reported usage of the windows that contain an instant, as far as it is known. */
    public List<ProviderReportedUsage> reported(Instant at) {
        UsageReportSnapshot report = latest;
        return report == null ? List.of() : report.reported(at);
    }

    /** The reported usage by day and model, in this order; empty before the first poll. */
    public List<ProviderReportedDay> days() {
        UsageReportSnapshot report = latest;
        return report == null ? List.of() : report.days();
    }

    @Override
    public void run() throws ProviderException, InterruptedException {
        ProviderConfig current = provider.get();
        Instant now = clock.instant();
        try {
            latest = fetch(UsageApi.ANALYTICS, current, now);
            isFallbackLogged = false;
        } catch (ProviderException e) {
            int status = e.status().orElse(0);
            if (status != FORBIDDEN && status != NOT_FOUND) {
                throw e;
            }
            latest = fetch(UsageApi.MESSAGES, current, now);
            if (!isFallbackLogged) {
                LOG.log(Level.INFO, "{0} reports tokens only: {1}", current.name(), e.getMessage());
                isFallbackLogged = true;
            }
        }
    }

    private UsageReportSnapshot fetch(UsageApi usage, ProviderConfig current, Instant now)
            throws ProviderException, InterruptedException {
        BucketWidth width = isUtc(current.zone()) ? BucketWidth.DAY : BucketWidth.HOUR;
        Instant from = from(current, now).truncatedTo(width.unit());
        Instant end = now.truncatedTo(width.unit()).plus(1, width.unit());
        var rows = new ArrayList<UsageReportRow>();
        for (Instant start = from; start.isBefore(end); ) {
            Instant longest = start.plus(usage.maxRange());
            Instant until = longest.isBefore(end) ? longest : end;
            addPages(usage, start, until, width, rows);
            start = until;
        }
        return new UsageReportSnapshot(current, from, now, usage.reportsRequests(), rows);
    }

    private static boolean isUtc(ZoneId zone) {
        return zone.normalized().equals(ZoneOffset.UTC);
    }

    private static Instant from(ProviderConfig current, Instant now) {
        ZoneId zone = current.zone();
        Instant month = Window.MONTHLY.containing(now, zone, current.resetDay()).startsAt();
        Instant recent = LocalDate.ofInstant(now, zone)
                .minusDays(DAYS_BACK)
                .atStartOfDay(zone)
                .toInstant();
        Instant wanted = month.isBefore(recent) ? month : recent;
        return wanted.isBefore(UsageApi.EARLIEST) ? UsageApi.EARLIEST : wanted;
    }

    private void addPages(UsageApi usage, Instant from, Instant until, BucketWidth width, List<UsageReportRow> rows)
            throws ProviderException, InterruptedException {
        String page = null;
        for (int pages = 0; pages < MAX_PAGES; pages++) {
            String target = usage.target(from, until, width, page);
            UsageReport report = usage.read(api.get(target, usage.headers(adminKey.reveal())));
            if (report == null) {
                throw ProviderException.failed(shown(target), "the response is not a usage report");
            }
            rows.addAll(report.rows());
            page = report.nextPage();
            if (page == null) {
                return;
            }
        }
        throw ProviderException.failed(
                shown(usage.target(from, until, width, null)), "the report has more than " + MAX_PAGES + " pages");
    }

    private static String shown(String target) {
        return target.substring(0, target.indexOf('?'));
    }
}
