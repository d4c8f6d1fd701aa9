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
    /** Calls from which the size of the next ones is foreseen. */
    static final int REMEMBERED = 100;

    private final Supplier<List<WindowQuota>> budgets;
    private final IntSupplier pendingCalls;
    private final ArrayDeque<Map<String, BigDecimal>> sizes = new ArrayDeque<>();
    private int inFlight;

    /**
     * Lets everything pass while there is no limit.
     *
     * @param budgets of now, of everything that is limited; must not wait for a call to be counted
     * @param pendingCalls calls whose usage is still to come although they got their response
     */
    Admission(Supplier<List<WindowQuota>> budgets, IntSupplier pendingCalls) {
        this.budgets = budgets;
        this.pendingCalls = pendingCalls;
    }

    /** Notes a call that is forwarded whatever is left. */
    synchronized void admit() {
        inFlight++;
    }

    /**
     * Notes a call if it may pass.
     *
     * @return null when it may, else the quota that forbids it, of several the one that is reset last
     */
    @Nullable
    synchronized WindowQuota tryAdmit() {
        // First what is in flight, then what is used: a call that is counted meanwhile is in both rather than in none.
        BigDecimal calls = BigDecimal.valueOf((long) inFlight + pendingCalls.getAsInt());
        WindowQuota forbidding = null;
        for (WindowQuota budget : budgets.get()) {
            if (budget.isUsedUpWith(calls.multiply(size(budget.resource())))
                    && (forbidding == null || budget.resetsAt().isAfter(forbidding.resetsAt()))) {
                forbidding = budget;
            }
        }
        inFlight += forbidding == null ? 1 : 0;
        return forbidding;
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
