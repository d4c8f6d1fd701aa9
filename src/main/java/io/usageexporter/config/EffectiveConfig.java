package io.usageexporter.config;

import io.usageexporter.quota.AccountPlan;
import io.usageexporter.quota.ProviderConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The configuration in force: that of the file, with the limits reported by accounts in place of {@code auto}. Until it is
 * reported, there is no such limit. Thread-safe.
 */
public final class EffectiveConfig implements Supplier<Config> {
    private final Map<String, AccountPlan> plans = new HashMap<>();
    private Config configured;
    private volatile Config effective;

    public EffectiveConfig(Config configured) {
        this.configured = configured;
        this.effective = configured;
    }

    /** The configuration in force now. */
    @Override
    public Config get() {
        return effective;
    }

    /** Replaces the file's configuration. */
    public synchronized void configure(Config next) {
        configured = next;
        plans.keySet().removeIf(provider -> !hasAutoLimits(provider));
        apply();
    }

    /** Sets the plan of an account, which has no effect if no limit is {@code auto}. */
    public synchronized void setPlan(String provider, AccountPlan plan) {
        if (hasAutoLimits(provider) && !plan.equals(plans.put(provider, plan))) {
            apply();
        }
    }

    private boolean hasAutoLimits(String provider) {
        TrackingConfig tracking = configured.tracking().get(provider);
        return tracking != null && !tracking.autoLimits().isEmpty();
    }

    private void apply() {
        Config next = configured;
        for (Map.Entry<String, AccountPlan> plan : plans.entrySet()) {
            ProviderConfig provider = next.providers().get(plan.getKey());
            TrackingConfig tracking = next.tracking().get(plan.getKey());
            if (provider != null && tracking != null) {
                next = next.with(provider.with(plan.getValue(), tracking.autoLimits()));
            }
        }
        effective = next;
    }
}
