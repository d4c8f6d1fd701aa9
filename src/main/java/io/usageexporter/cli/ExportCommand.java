package io.usageexporter.cli;

import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.render.FocusCsvView;
import io.usageexporter.render.FocusRow;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Series;
import io.usageexporter.window.Window;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints what the usage of each day costs, for programs that manage costs. */
@Command(
        name = "export",
        description = "Print what the usage of each day costs, by category, consumer, model, pricing and kind.",
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    private static final Comparator<Series> ORDER = Comparator.comparing(Series::category)
            .thenComparing(Series::consumer)
            .thenComparing(Series::model)
            .thenComparing(Series::pricing)
            .thenComparing(Series::measure);

    /** What is printed, as the flag names it. */
    enum Format {
        focus
    }

    @Mixin
    Options.StorageOptions storage = new Options.StorageOptions();

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            description = "focus: CSV as the FinOps Open Cost and Usage Specification (FOCUS) 1.2 has it.")
    Format format = Format.focus;

    @Option(
            names = "--from",
            paramLabel = "DATE",
            converter = DateText.class,
            description = "The first day, such as 2026-11-01. Default: the first day of the provider's month.")
    @Nullable
    LocalDate from;

    @Option(
            names = "--to",
            paramLabel = "DATE",
            converter = DateText.class,
            description = "The last day. Default: today.")
    @Nullable
    LocalDate to;

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final InstantSource clock = InstantSource.system();

    private record Span(LocalDate from, LocalDate to) {
        boolean contains(LocalDate date) {
            return !date.isBefore(from) && !date.isAfter(to);
        }
    }

    @Override
    public Integer call() throws IOException {
        if (from != null && to != null && from.isAfter(to)) {
            throw new ParameterException(spec.commandLine(), "--from must not be later than --to");
        }
        PrintWriter err = spec.commandLine().getErr();
        List<FocusRow> rows;
        try {
            rows = rows(storage.readConfig(err::println));
        } catch (InvalidConfigException | LedgerException e) {
            err.println(e.getMessage());
            return ExitStatus.USAGE;
        }
        PrintWriter out = spec.commandLine().getOut();
        FocusCsvView.write(rows.iterator(), out);
        long unpriced = rows.stream().filter(FocusRow::isUnpriced).count();
        if (unpriced > 0) {
            err.println("warning: rows without a known price, whose x_CostBasis is Unknown: " + unpriced + " of "
                    + rows.size());
        }
        return out.checkError() ? ExitStatus.FAILURE : ExitStatus.OK;
    }

    private List<FocusRow> rows(Config config) throws LedgerException {
        Instant now = clock.instant();
        Map<String, Span> spans = config.providers().values().stream()
                .collect(Collectors.toMap(ProviderConfig::name, provider -> span(provider, now)));
        var rows = new ArrayList<FocusRow>();
        var unknown = new TreeSet<String>();
        read(spans.values()).forEach((day, cells) -> {
            ProviderConfig provider = config.providers().get(day.provider());
            Span span = spans.get(day.provider());
            if (provider == null || span == null) {
                unknown.add(day.provider());
            } else if (span.contains(day.date())) {
                cells.entrySet().stream()
                        .filter(cell -> cell.getValue().signum() > 0)
                        .sorted(Map.Entry.comparingByKey(ORDER))
                        .map(cell ->
                                new FocusRow(config.prices(), provider, day.date(), cell.getKey(), cell.getValue()))
                        .forEach(rows::add);
            }
        });
        unknown.forEach(provider -> spec.commandLine()
                .getErr()
                .println("warning: left out, since it is not in the configuration: " + provider));
        return rows;
    }

    private Span span(ProviderConfig provider, Instant now) {
        LocalDate last = to != null ? to : LocalDate.ofInstant(now, provider.zone());
        LocalDate first = from != null
                ? from
                : provider.calendar().containing(Window.MONTHLY, last).from();
        return new Span(first, last);
    }

    private SortedMap<Day, Map<Series, BigDecimal>> read(Collection<Span> spans) throws LedgerException {
        var days = new TreeMap<Day, Map<Series, BigDecimal>>(
                Comparator.comparing(Day::provider).thenComparing(Day::date));
        try (LedgerReader ledger = LedgerReader.open(storage.ledger())) {
            days.putAll(ledger.days(
                    Collections.min(spans.stream().map(Span::from).toList()),
                    Collections.max(spans.stream().map(Span::to).toList()).plusDays(1)));
        }
        return days;
    }
}
