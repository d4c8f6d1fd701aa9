package io.usageexporter.provider.anthropic;

import io.usageexporter.event.Pricing;
import java.util.Set;

/**
 * How a request was served, on which its price depends. Each text is empty if not reported. Immutable.
 *
 * @param tier such as {@code standard} or {@code batch}
 * @param speed such as {@code standard} or {@code fast}
 * @param geography where the inference was made, such as {@code global} or {@code us}
 */
record ServiceTerms(String tier, String speed, String geography) {
    static final ServiceTerms UNKNOWN = new ServiceTerms("", "", "");

    /** What is served at the standard price. */
    private static final Set<String> STANDARD = Set.of("", "standard", "default", "global", "not_available");

    /** These, completed by what a report of the same request said before. */
    ServiceTerms after(ServiceTerms earlier) {
        return new ServiceTerms(
                tier.isEmpty() ? earlier.tier : tier,
                speed.isEmpty() ? earlier.speed : speed,
                geography.isEmpty() ? earlier.geography : geography);
    }

    /** The pricing of the model that responded. */
    Pricing pricing() {
        return with(pricingOfOthers(), speed);
    }

    /** The pricing of models that it called, whose speed is not reported. */
    Pricing pricingOfOthers() {
        return with(with(Pricing.STANDARD, tier), geography);
    }

    private static Pricing with(Pricing pricing, String value) {
        if (STANDARD.contains(value)) { // as almost always
            return pricing;
        }
        String part = Pricing.part(value);
        return STANDARD.contains(part) ? pricing : pricing.with(part);
    }
}
