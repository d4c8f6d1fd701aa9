package io.usageexporter.provider.anthropic;

import io.usageexporter.config.Secret;
import io.usageexporter.polling.PollTask;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.provider.PollResult;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.window.Window;
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
 * Polls one of Anthropic's reports on an organization: from the start of the current month or week, and at least two days back.
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
    private final ReportApi current;
    private final ReportApi older;
    private boolean isFallbackLogged;
    private volatile @Nullable ReportSnapshot latest;

    /**
     * Sends no request yet.
     *
     * @param api to be closed by the caller
     * @param provider as configured now
     * @param current the preferred endpoint
     * @param older read where an organization does not have the current one
     */
    public AnthropicPoller(
            ProviderHttpClient api,
            Secret adminKey,
            Supplier<ProviderConfig> provider,
            InstantSource clock,
            ReportApi current,
            ReportApi older) {
        this.api = api;
        this.adminKey = adminKey;
        this.provider = provider;
        this.clock = clock;
        this.current = current;
        this.older = older;
    }

    /** The reported usage of the windows that contain an instant, as far as it is known. */
    public List<ProviderReportedUsage> reported(Instant at) {
        return figures(at).stream().map(PollResult.Figure::reported).toList();
    }

    /** The same, with when it expires. */
    List<PollResult.Figure> figures(Instant at) {
        ReportSnapshot report = latest;
        return report == null ? List.of() : report.figures(at);
    }

    /** The reported usage by day and model, in this order; empty before the first poll. */
    public List<ProviderReportedDay> days() {
        ReportSnapshot report = latest;
        return report == null ? List.of() : report.days();
    }

    @Override
    public void run() throws ProviderException, InterruptedException {
        ProviderConfig configured = provider.get();
        Instant now = clock.instant();
        try {
            latest = fetch(current, configured, now);
            isFallbackLogged = false;
        } catch (ProviderException e) {
            int status = e.status().orElse(0);
            if (status != FORBIDDEN && status != NOT_FOUND) {
                throw e;
            }
            latest = fetchOlder(e, configured, now);
            if (!isFallbackLogged) {
                LOG.log(Level.INFO, "{0} reports {1}: {2}", configured.name(), older.restriction(), e.getMessage());
                isFallbackLogged = true;
            }
        }
    }

    /** Null if the organization has no report of costs at all, which it need not have. */
    private @Nullable ReportSnapshot fetchOlder(ProviderException unavailable, ProviderConfig configured, Instant now)
            throws ProviderException, InterruptedException {
        try {
            return fetch(older, configured, now);
        } catch (ProviderException e) {
            if (older == ReportApi.COST_REPORT && unavailable.isNotFound() && e.isNotFound()) {
                return null;
            }
            throw e;
        }
    }

    /** Null if there are no buckets from which the days of the provider's zone could be summed up. */
    private @Nullable ReportSnapshot fetch(ReportApi report, ProviderConfig configured, Instant now)
            throws ProviderException, InterruptedException {
        BucketWidth width = isUtc(configured.zone()) ? BucketWidth.DAY : BucketWidth.HOUR;
        if (!report.hasBuckets(width)) {
            return null;
        }
        Instant from = from(configured, now).truncatedTo(width.unit());
        Instant end = now.truncatedTo(width.unit()).plus(1, width.unit());
        var rows = new ArrayList<ReportRow>();
        for (Instant start = from; start.isBefore(end); ) {
            Instant longest = start.plus(report.maxRange());
            Instant until = longest.isBefore(end) ? longest : end;
            addPages(report, start, until, width, rows);
            start = until;
        }
        return new ReportSnapshot(configured, from, now, report.resources(), rows);
    }

    private static boolean isUtc(ZoneId zone) {
        return zone.normalized().equals(ZoneOffset.UTC);
    }

    private static Instant from(ProviderConfig configured, Instant now) {
        ZoneId zone = configured.zone();
        Instant recent = LocalDate.ofInstant(now, zone)
                .minusDays(DAYS_BACK)
                .atStartOfDay(zone)
                .toInstant();
        Instant wanted = configured.windows().stream()
                .filter(Window::isOfDays)
                .map(window -> configured.calendar().containing(window, now).startsAt())
                .reduce(recent, (a, b) -> a.isBefore(b) ? a : b);
        return wanted.isBefore(ReportApi.EARLIEST) ? ReportApi.EARLIEST : wanted;
    }

    private void addPages(ReportApi report, Instant from, Instant until, BucketWidth width, List<ReportRow> rows)
            throws ProviderException, InterruptedException {
        String page = null;
        for (int pages = 0; pages < MAX_PAGES; pages++) {
            String target = report.target(from, until, width, page);
            ReportPage read = report.read(api.get(target, report.headers(adminKey.reveal())));
            if (read == null) {
                throw ProviderException.failed(shown(target), "the response is not a report");
            }
            rows.addAll(read.rows());
            page = read.nextPage();
            if (page == null) {
                return;
            }
        }
        throw ProviderException.failed(
                shown(report.target(from, until, width, null)), "the report has more than " + MAX_PAGES + " pages");
    }

    private static String shown(String target) {
        return target.substring(0, target.indexOf('?'));
    }
}
