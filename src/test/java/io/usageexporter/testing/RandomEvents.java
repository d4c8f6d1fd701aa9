package io.usageexporter.testing;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Events of all sorts that {@link #CONFIG} allows. */
public final class RandomEvents {
    /** Two zones, sessions, hours, consumers, prices, and prompts that may be long. */
    public static final String CONFIG = """
            timezone: America/New_York
            windows: {session: {length: 5h}}
            providers:
              anthropic:
                resources: [web_searches]
                limits: {hourly: {requests: 50}, weekly: {tokens: 1000}, monthly: {usd: 400}, session: {tokens: 500}}
              apify: {timezone: Asia/Kolkata, limits: {hourly: {compute_units: 3}, daily: {compute_units: 100, usd: 5}}}
            prices:
              - {provider: anthropic, model: "long*", input: 0.10, output: 0.50, long_prompt: {over: 100, input: 0.50}}
              - {provider: apify, units: {compute_units: 0.20}}
            """;

    private static final List<String> CATEGORIES = List.of("recommendations", "=1+1", "\"b\", c\\", "ünï");

    private final Random random;
    private int ids;

    public RandomEvents(Random random) {
        this.random = random;
    }

    /** An event up to so long before an instant, or without one; with an id or without. */
    public UsageEvent next(Instant now, Duration maxAge) {
        boolean anthropic = random.nextInt(4) > 0;
        Instant at =
                random.nextInt(4) == 0 ? null : now.minusSeconds((long) (random.nextDouble() * maxAge.toSeconds()));
        return new UsageEvent(
                random.nextInt(3) == 0 ? null : "id/" + ++ids + (random.nextInt(9) == 0 ? " ü%?#\"" : ""),
                anthropic ? "anthropic" : "apify",
                CATEGORIES.get(random.nextInt(CATEGORIES.size())),
                random.nextBoolean() ? "" : "team " + random.nextInt(3),
                List.of("", "long-1", "long-2", "other").get(random.nextInt(4)),
                Pricing.of(List.of("", "", "batch", "us", "express").get(random.nextInt(5))),
                at,
                usage(anthropic));
    }

    private Usage usage(boolean anthropic) {
        var amounts = new HashMap<Measure, Amount>();
        if (random.nextInt(5) == 0) {
            amounts.put(Measure.MONEY, amount());
        }
        if (!anthropic) {
            amounts.put(Measure.of("compute_units"), amount());
            return Usage.of(amounts);
        }
        if (random.nextInt(6) > 0) {
            amounts.put(Measure.of(Measure.REQUESTS), Amount.of(1));
        }
        for (TokenKind kind : List.of(TokenKind.INPUT, TokenKind.OUTPUT, TokenKind.CACHE_READ)) {
            if (random.nextBoolean()) {
                amounts.put(Measure.tokens(kind), Amount.of(random.nextInt(200)));
            }
        }
        return Usage.of(amounts);
    }

    /** An event observed again with other amounts. */
    public UsageEvent raised(UsageEvent event) {
        Map<Measure, Amount> amounts = new HashMap<>();
        event.usage().forEach((measure, amount) -> amounts.put(measure, amount));
        Usage more = usage(event.provider().equals("anthropic"));
        more.forEach(
                (measure, amount) -> amounts.merge(measure, amount, (a, b) -> new Amount(a.micros() + b.micros())));
        return new UsageEvent(
                event.id(),
                event.provider(),
                event.category(),
                event.consumer(),
                event.model(),
                event.pricing(),
                event.at(),
                Usage.of(amounts));
    }

    private Amount amount() {
        return new Amount(random.nextInt(8) == 0 ? 0 : random.nextInt(5_000_000));
    }
}
