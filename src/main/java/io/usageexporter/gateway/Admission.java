package io.usageexporter.gateway;

import io.usageexporter.event.Measure;
import io.usageexporter.quota.WindowQuota;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether one more call of a provider is forwarded. Charges each call in flight one request and, per other
 * resource, the maximum of the last {@value #REMEMBERED} calls; a call is admitted while usage and charges are below every
 * limit. Requests therefore never overrun; other resources by at most one call plus the growth of the calls in flight. A
 * call may briefly be charged twice, so the very last admissible call can be rejected. Thread-safe.
 */
final class Admission {
    /** Calls whose sizes estimate those of the next ones. */
    static final int REMEMBERED = 100;

    private final Supplier<List<WindowQuota>> quotas;
    private final IntSupplier pendingCalls;
    private final ArrayDeque<Map<String, BigDecimal>> sizes = new ArrayDeque<>();
    private int inFlight;

    /**
     * Admits every call while nothing is limited.
     *
     * @param quotas of everything that is limited, as of now; must not wait for a call to be counted
     * @param pendingCalls calls that got their response but whose usage is not known yet
     */
    Admission(Supplier<List<WindowQuota>> quotas, IntSupplier pendingCalls) {
        this.quotas = quotas;
        this.pendingCalls = pendingCalls;
    }

    /** Charges a call that is forwarded whatever remains. */
    synchronized void admit() {
        inFlight++;
    }

    /**
     * Charges a call if it is admitted.
     *
     * @return null if it is admitted, else the exhausted quota; of several, the one that is reset last
     */
    @Nullable
    synchronized WindowQuota tryAdmit() {
        // Reads calls in flight before usage, so that a call that is recorded in between is charged twice rather than
        // never.
        BigDecimal calls = BigDecimal.valueOf((long) inFlight + pendingCalls.getAsInt());
        WindowQuota exhausted = null;
        for (WindowQuota quota : quotas.get()) {
            if (quota.isUsedUpWith(calls.multiply(size(quota.resource())))
                    && (exhausted == null || quota.resetsAt().isAfter(exhausted.resetsAt()))) {
                exhausted = quota;
            }
        }
        inFlight += exhausted == null ? 1 : 0;
        return exhausted;
    }

    private BigDecimal size(String resource) {
        return resource.equals(Measure.REQUESTS)
                ? BigDecimal.ONE
                : sizes.stream()
                        .map(size -> size.getOrDefault(resource, BigDecimal.ZERO))
                        .reduce(BigDecimal.ZERO, BigDecimal::max);
    }

    /** An admitted call is counted in what is used, or uses nothing. */
    synchronized void release() {
        inFlight--;
    }

    /** Observes how much a call used, by resource, as it counts towards the limits. */
    synchronized void observe(Map<String, BigDecimal> size) {
        sizes.add(new HashMap<>(size));
        if (sizes.size() > REMEMBERED) {
            sizes.remove();
        }
    }
}
