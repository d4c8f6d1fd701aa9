package io.usageexporter.cli;

import com.fasterxml.jackson.core.JacksonException;
import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.config.Unreadable;
import io.usageexporter.event.Decimals;
import io.usageexporter.event.Pricing;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.pricing.CostSum;
import io.usageexporter.pricing.PriceComparison;
import io.usageexporter.pricing.PriceRowText;
import io.usageexporter.pricing.PublishedPrice;
import io.usageexporter.pricing.Unpriced;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Series;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the price table, or compares it with another one. */
@Command(
        name = "prices",
        description = {
            "Print the price table, in the form in which the configuration takes rows, and what the ledger has without"
                    + " a price.",
            "With --check, exit status 1 if prices differ."
        },
        mixinStandardHelpOptions = true)
final class PricesCommand implements Callable<Integer> {
    @Mixin
    Options.StorageOptions storage = new Options.StorageOptions();

    @Option(
            names = "--check",
            paramLabel = "FILE",
            description = "Compare with a public table instead: the JSON of LiteLLM or of genai-prices.")
    @Nullable
    Path check;

    @Option(
            names = "--explain",
            paramLabel = "DATE",
            converter = DateText.class,
            description = "Show instead which rows make what the usage of a day costs, such as 2026-11-24.")
    @Nullable
    LocalDate explain;

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final InstantSource clock = InstantSource.system();

    @Override
    public Integer call() {
        try {
            Config config = storage.readConfig(spec.commandLine().getErr()::println);
            return check != null ? compare(config, check) : explain != null ? explain(config, explain) : list(config);
        } catch (InvalidConfigException | LedgerException e) {
            return cannotRun(String.valueOf(e.getMessage()));
        }
    }

    private int list(Config config) throws LedgerException {
        PrintWriter out = spec.commandLine().getOut();
        out.println("prices:");
        config.prices().rows().forEach(row -> out.println("  - " + PriceRowText.of(row)));
        if (storage.ledger().isMissing()) {
            out.println("# no ledger " + storage.ledger() + ", so usage without a price is not known");
            return ExitStatus.OK;
        }
        var sum = new CostSum(config.prices());
        try (LedgerReader ledger = storage.ledger().read()) {
            ledger.days(LocalDate.MIN, LocalDate.MAX)
                    .forEach((day, cells) -> cells.forEach((cell, amount) -> sum.add(
                            day.provider(),
                            cell.model(),
                            Pricing.parse(cell.pricing()),
                            cell.measure(),
                            day.date(),
                            amount)));
        }
        List<Unpriced> unpriced = sum.cost().unpriced();
        out.println(unpriced.isEmpty() ? "# all usage has a price" : "# used without a price:");
        unpriced.forEach(
                each -> out.println("#   " + each.provider() + (each.model().isEmpty() ? "" : " " + each.model()) + " "
                        + each.resource() + ": " + Decimals.plain(each.amount())));
        return ExitStatus.OK;
    }

    private int explain(Config config, LocalDate date) throws LedgerException {
        PrintWriter out = spec.commandLine().getOut();
        Map<Day, Map<Series, BigDecimal>> days;
        try (LedgerReader ledger = storage.ledger().read()) {
            days = ledger.days(date, date.plusDays(1));
        }
        if (days.isEmpty()) {
            out.println("no usage on " + date);
        }
        new TreeMap<>(days.keySet().stream().collect(Collectors.toMap(Day::provider, days::get)))
                .forEach((provider, cells) -> CostExplanation.of(config.prices(), provider, date, cells)
                        .forEach(out::println));
        return ExitStatus.OK;
    }

    private int compare(Config config, Path file) {
        List<PublishedPrice> theirs;
        try {
            theirs = PublishedPrices.read(file, config.prices()::names, provider -> today(config, provider));
        } catch (JacksonException e) {
            return cannotRun(file + ": not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            return cannotRun(file + ": cannot be read: " + Unreadable.why(file, e));
        }
        PriceComparison comparison = PriceComparison.of(config.prices(), theirs, provider -> today(config, provider));
        PrintWriter out = spec.commandLine().getOut();
        comparison.differences().forEach(out::println);
        comparison.unknown().forEach(model -> out.println(model + ": only there"));
        out.println("models compared: " + comparison.compared().size() + ", prices that differ: "
                + comparison.differences().size());
        if (comparison.compared().isEmpty()) {
            return cannotRun(file + ": has no model with a price here; is it the JSON of LiteLLM or of genai-prices?");
        }
        return comparison.differences().isEmpty() ? ExitStatus.OK : ExitStatus.FAILURE;
    }

    private LocalDate today(Config config, String provider) {
        ProviderConfig configured = config.providers().get(provider);
        ZoneId zone = configured == null ? ZoneOffset.UTC : configured.zone();
        return LocalDate.ofInstant(clock.instant(), zone);
    }

    private int cannotRun(String why) {
        spec.commandLine().getErr().println(why);
        return ExitStatus.USAGE;
    }
}
