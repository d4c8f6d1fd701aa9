package io.usageexporter.pricing;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Decimals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which prompts of a provider's models are so long that they have another price. Immutable; equal to any other with the
 * same text form, which the ledger holds.
 */
public final class LongPromptRules {
    /** No prompt is long. */
    public static final LongPromptRules NONE = new LongPromptRules(List.of());

    private static final String SEPARATOR = "\t";

    private final List<Rule> rules;
    private final long shortestMicros;

    /**
     * The rule of a price row.
     *
     * @param over the number of tokens that a prompt must exceed; null where the length makes no difference
     * @param longUntil the day after the last one on which it makes a difference; null for no end of its own
     */
    private record Rule(
            ModelPattern model,
            Validity validity,
            @Nullable BigDecimal over,
            @Nullable LocalDate longUntil) {
        static Rule of(PriceRow row) {
            Tier tier = row.tokens().longPrompt();
            return new Rule(
                    row.model(),
                    new Validity(row.validity().from(), row.validity().until(), null, false),
                    tier == null ? null : tier.over(),
                    tier == null ? null : tier.until());
        }

        static Rule parse(String line) {
            String[] parts = line.split(SEPARATOR, -1);
            return new Rule(
                    ModelPattern.of(parts[0]),
                    new Validity(date(parts[1]), date(parts[2]), null, false),
                    parts[3].isEmpty() ? null : new BigDecimal(parts[3]),
                    date(parts[4]));
        }

        private static @Nullable LocalDate date(String text) {
            return text.isEmpty() ? null : LocalDate.parse(text);
        }

        boolean isLong(LocalDate day, BigDecimal tokens) {
            return over != null && (longUntil == null || day.isBefore(longUntil)) && tokens.compareTo(over) > 0;
        }

        @Override
        public String toString() {
            return Stream.of(model, validity.from(), validity.until(), over, longUntil)
                    .map(part -> part == null ? "" : part instanceof BigDecimal number ? Decimals.plain(number) : part)
                    .map(Object::toString)
                    .collect(Collectors.joining(SEPARATOR));
        }
    }

    private LongPromptRules(List<Rule> rules) {
        this.rules = rules;
        this.shortestMicros = rules.stream()
                .map(Rule::over)
                .filter(Objects::nonNull)
                .min(BigDecimal::compareTo)
                .map(over -> over.movePointRight(Amount.SCALE)
                        .setScale(0, RoundingMode.FLOOR)
                        .longValue())
                .orElse(Long.MAX_VALUE);
    }

    /** The rules of the rows of a provider, the first that is for a model and day counts. */
    static LongPromptRules of(List<PriceRow> rows) {
        var rules = new ArrayList<Rule>();
        List<PriceRow> priced = rows.stream()
                .filter(row -> !row.tokens().isEmpty() && !row.validity().isAnnounced())
                .toList();
        for (int i = 0; i < priced.size(); i++) {
            PriceRow row = priced.get(i);
            if (priced.subList(i, priced.size()).stream().anyMatch(later -> matters(row, later))) {
                rules.add(Rule.of(row));
            }
        }
        return new LongPromptRules(List.copyOf(rules));
    }

    /** Whether a row is, or may take precedence over, one where the length makes a difference. */
    private static boolean matters(PriceRow row, PriceRow later) {
        return later.tokens().longPrompt() != null
                && row.model().literal().startsWith(later.model().literal());
    }

    /** Reads what {@link #toString()} wrote. */
    public static LongPromptRules parse(String text) {
        return new LongPromptRules(text.lines().map(Rule::parse).toList());
    }

    /** Whether any prompt of this length is long. Cheap. */
    public boolean mayBeLong(long promptMicros) {
        return promptMicros > shortestMicros;
    }

    /** Whether a prompt of this length is long for a model on a day of the provider's zone. */
    public boolean isLong(String model, LocalDate day, BigDecimal promptTokens) {
        for (Rule rule : rules) {
            if (rule.model().matches(model) && rule.validity().includes(day)) {
                return rule.isLong(day, promptTokens);
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LongPromptRules others && toString().equals(others.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** One line a rule. */
    @Override
    public String toString() {
        return rules.stream().map(Rule::toString).collect(Collectors.joining("\n"));
    }
}
