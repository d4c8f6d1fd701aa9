package io.usageexporter.render;

import io.usageexporter.quota.ConsumerConfig;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Quota;
import io.usageexporter.report.WindowReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * A consumer's own quota in one window.
 *
 * @param consumer as shown to people
 */
record ConsumerQuota(String consumer, String resource, Quota quota) {
    /** How many a list shows before it says how many more there are. */
    static final int TOP = 10;

    /** All of a window, worst first. */
    static List<ConsumerQuota> of(ProviderConfig provider, WindowReport window) {
        var quotas = new ArrayList<ConsumerQuota>();
        window.consumerQuotas().forEach((name, byResource) -> {
            ConsumerConfig consumer =
                    Objects.requireNonNull(provider.consumers().get(name));
            byResource.forEach(
                    (resource, quota) -> quotas.add(new ConsumerQuota(consumer.displayName(), resource, quota)));
        });
        quotas.sort(Comparator.comparing((ConsumerQuota each) -> each.quota().status())
                .thenComparing(each -> each.quota().usedRatio())
                .reversed());
        return quotas;
    }
}
