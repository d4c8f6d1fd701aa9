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
 * Decides whether one more call of a provider may pass. Each call in flight is taken to use one request, and of every
 * other resource as much as the largest of the last {@value #REMEMBERED} calls. A call may pass while what is used and
 * what is in flight are below every limit. So requests never overrun, and no other resource does by more than one call,
 * as long as calls are no larger than lately; by which they are larger, each in flight may add. For a moment a call
 * counts as used and as in flight, so that the very last one may be refused in vain. Thread-safe.
 */
public final class Admission {
    /** Calls from which the size of the next ones is foreseen. */
    static final int REMEMBERED = 100;

    private final Supplier<List<WindowQuota>> budgets;
    private final IntSupplier others;
    private final ArrayDeque<Map<String, BigDecimal>> sizes = new ArrayDeque<>();
    private int inFlight;

    /**
     * Lets everything pass while there is no limit.
     *
     * @param budgets of now, of everything that is limited; must not wait for a call to be counted
     * @param others calls whose use is still to come though they were answered
     */
    Admission(Supplier<List<WindowQuota>> budgets, IntSupplier others) {
        this.budgets = budgets;
        this.others = others;
    }

    /** Notes a call that passes whatever is left. */
    synchronized void pass() {
        inFlight++;
    }

    /**
     * Notes a call if it may pass.
     *
     * @return null when it may, else the quota that forbids it, of several the one that is reset last
     */
    @Nullable
    synchronized WindowQuota ask() {
        // First what is in flight, then what is used: a call that is counted meanwhile is in both rather than in none.
        BigDecimal calls = BigDecimal.valueOf((long) inFlight + others.getAsInt());
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

    /** A call that was let pass is counted in what is used, or uses nothing. */
    public synchronized void counted() {
        inFlight--;
    }

    /** Learns how much a call used, by resource, as it counts towards the limits. */
    public synchronized void learn(Map<String, BigDecimal> size) {
        sizes.add(new HashMap<>(size));
        if (sizes.size() > REMEMBERED) {
            sizes.remove();
        }
    }
}
