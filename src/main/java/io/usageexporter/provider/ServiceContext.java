package io.usageexporter.provider;

import io.usageexporter.config.TrackingConfig;
import io.usageexporter.quota.AccountPlan;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RetryQueue;
import io.usageexporter.recording.StateStore;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a {@link ProviderService} works with.
 *
 * @param tracking as configured when the service starts; a change starts a new service
 * @param provider as configured now
 * @param state the integration's own durable state
 * @param plan receives what the account allows
 * @param isInCharge whether this exporter does what only one of those that share a ledger may do
 */
public record ServiceContext(
        TrackingConfig tracking,
        Supplier<ProviderConfig> provider,
        Recorder recorder,
        RetryQueue queue,
        StateStore state,
        Consumer<AccountPlan> plan,
        BooleanSupplier isInCharge,
        InstantSource clock) {}
