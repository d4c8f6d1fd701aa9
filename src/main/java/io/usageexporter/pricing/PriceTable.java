package io.usageexporter.pricing;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.UsageEvent;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All prices: the built-in rows and those of the configuration. For each model the row with the longest matching name
 * counts, then that of the configuration, then the latest that holds on the day. Immutable and thread-safe; equal to any
 * other with the same rows.
 */
public final class PriceTable {
    private static final Comparator<PriceRow> MOST_SPECIFIC_FIRST = Comparator.comparingInt(
                    (PriceRow row) -> -row.model().literal().length())
            .thenComparing(PriceRow::isBuiltIn)
            .thenComparing(row -> row.model().isPrefix())
            .thenComparing(
                    row -> row.validity().from(),
                    Comparator.nullsLast(Comparator.<LocalDate>naturalOrder().reversed()));

    private static final int MAX_MODELS_KEPT = 1000;

    private record Model(String provider, String name) {}

    private final List<PriceRow> rows;
    private final Map<String, List<PriceRow>> byProvider;
    private final Map<String, LongPromptRules> longPromptRules;
    /** The providers with prices, of which none is for a request. */
    private final Set<String> paidByOtherAmounts;

    private final Map<Model, ModelPrices> models = new ConcurrentHashMap<>();

    /** @param rows those of the configuration before the built-in ones, in the order in which they are shown */
    public PriceTable(List<PriceRow> rows) {
        this.rows = rows.stream()
                .filter(row -> rows.stream().noneMatch(other -> other.replaces(row)))
                .toList();
        byProvider = this.rows.stream().sorted(MOST_SPECIFIC_FIRST).collect(Collectors.groupingBy(PriceRow::provider));
        longPromptRules = byProvider.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> LongPromptRules.of(entry.getValue())));
        paidByOtherAmounts = byProvider.keySet().stream()
                .filter(provider -> !resources(provider).contains(Measure.REQUESTS))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The rows, without those that others replace. */
    public List<PriceRow> rows() {
        return rows;
    }

    /** Whether it has a price, or a discount, of this provider. */
    public boolean names(String provider) {
        return byProvider.containsKey(provider);
    }

    /** The resources of a provider that have a price. */
    public SortedSet<String> resources(String provider) {
        var resources = new TreeSet<String>();
        for (PriceRow row : byProvider.getOrDefault(provider, List.of())) {
            resources.addAll(row.unitsUsd().keySet());
            if (!row.tokens().isEmpty()) {
                resources.add(Measure.TOKENS);
            }
        }
        return resources;
    }

    /** The prices of a model; those for every model where its name is empty. */
    public ModelPrices of(String provider, String model) {
        if (models.size() > MAX_MODELS_KEPT) {
            models.clear();
        }
        return models.computeIfAbsent(new Model(provider, model), this::find);
    }

    private ModelPrices find(Model model) {
        if (model.name().equals(UsageEvent.OTHER)) {
            return ModelPrices.NONE; // the models, and the pricing, that count as this may have different prices
        }
        return new ModelPrices(byProvider.getOrDefault(model.provider(), List.of()).stream()
                .filter(row -> row.model().matches(model.name()))
                .toList());
    }

    /** The exact price in USD of one token or unit on a day of the provider's zone, or null where it has none. */
    public @Nullable BigDecimal usd(String provider, String model, Pricing pricing, Measure measure, LocalDate day) {
        return of(provider, model).usd(pricing, measure, day);
    }

    /**
     * What an amount costs, exactly.
     *
     * @param day in the provider's zone
     * @param amount at least 0
     * @return null where it has no price
     */
    public @Nullable BigDecimal cost(
            String provider, String model, Pricing pricing, Measure measure, LocalDate day, BigDecimal amount) {
        Charge charge = charge(provider, model, pricing, measure, day, amount);
        return charge == null ? null : charge.usd();
    }

    /**
     * What an amount costs, with its price: money is its own cost, and amounts whose cost was reported with them are
     * free.
     *
     * @param day in the provider's zone
     * @param amount at least 0
     * @return null where it has no price
     */
    public @Nullable Charge charge(
            String provider, String model, Pricing pricing, Measure measure, LocalDate day, BigDecimal amount) {
        if (measure.resource().equals(Measure.USD)) {
            return new Charge(amount, null);
        }
        if (amount.signum() == 0 || pricing.has(Pricing.REPORTED)) {
            return Charge.INCLUDED;
        }
        Quote quote = of(provider, model).quote(pricing, measure, day);
        if (quote != null) {
            return new Charge(amount.multiply(quote.usd()), quote);
        }
        return measure.resource().equals(Measure.REQUESTS) && paidByOtherAmounts.contains(provider)
                ? Charge.INCLUDED
                : null;
    }

    /**
     * Whether the price of a request on a day is that for long prompts.
     *
     * @param promptTokens input, cache reads and cache writes
     */
    public boolean isLong(String provider, String model, LocalDate day, BigDecimal promptTokens) {
        return longPromptRules(provider).isLong(model, day, promptTokens);
    }

    /** Which prompts of a provider are long. */
    public LongPromptRules longPromptRules(String provider) {
        return longPromptRules.getOrDefault(provider, LongPromptRules.NONE);
    }

    /** The lengths from which prompts are priced otherwise on a day. */
    public List<LongPrompt> longPrompts(LocalDate day) {
        return rows.stream()
                .filter(row -> row.tokens().longPrompt() != null)
                .map(row -> longPrompt(row.provider(), row.model(), day))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private @Nullable LongPrompt longPrompt(String provider, ModelPattern model, LocalDate day) {
        BigDecimal over = of(provider, model.literal()).longPromptOver(day);
        return over == null ? null : new LongPrompt(provider, model, over);
    }

    /**
     * From which length prompts are priced otherwise.
     *
     * @param over the number of tokens that the prompt must exceed
     */
    public record LongPrompt(String provider, ModelPattern model, BigDecimal over) {}

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof PriceTable table && rows.equals(table.rows));
    }

    @Override
    public int hashCode() {
        return rows.hashCode();
    }
}
