package io.usageexporter.gateway;

import io.usageexporter.event.Measure;
import io.usageexporter.quota.WindowQuota;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether one more call of a provider is forwarded. Charges each call in flight one request and, per other
 * resource, the maximum of the last {@value #REMEMBERED} calls; a call is admitted while usage and charges are below every
 * limit, of all consumers together or of its own. Requests therefore never overrun; other resources by at most one call plus the growth of the calls in flight. A
 * call may briefly be charged twice, so the very last admissible call can be rejected. Thread-safe.
 */
final class Admission {
    /** Calls whose sizes estimate those of the next ones. */
    static final int REMEMBERED = 100;

    private final Function<String, List<WindowQuota>> quotas;
    private final ToIntFunction<String> pendingCalls;
    private final ArrayDeque<Map<String, BigDecimal>> sizes = new ArrayDeque<>();
    private final Map<String, Integer> inFlight = new HashMap<>();

    /**
     * Admits every call while nothing is limited.
     *
     * @param quotas of everything that is limited for a consumer, as of now; must not wait for a call to be counted
     * @param pendingCalls calls that got their response but whose usage is not known yet, of a consumer, or of all together
     *     where it is empty
     */
    Admission(Function<String, List<WindowQuota>> quotas, ToIntFunction<String> pendingCalls) {
        this.quotas = quotas;
        this.pendingCalls = pendingCalls;
    }

    /** Charges a call that is forwarded whatever remains. */
    synchronized void admit(String consumer) {
        inFlight.merge(consumer, 1, Integer::sum);
    }

    /**
     * Charges a call if it is admitted.
     *
     * @return null if it is admitted, else the exhausted quota; of several, the one that is reset last
     */
    @Nullable
    synchronized WindowQuota tryAdmit(String consumer) {
        // Reads calls in flight before usage, so that a call that is recorded in between is charged twice rather than
        // never.
        BigDecimal all = calls("");
        BigDecimal own = calls(consumer);
        WindowQuota exhausted = null;
        for (WindowQuota quota : quotas.apply(consumer)) {
            BigDecimal calls = quota.consumer().isEmpty() ? all : own;
            if (quota.isUsedUpWith(calls.multiply(size(quota.resource())))
                    && (exhausted == null || quota.resetsAt().isAfter(exhausted.resetsAt()))) {
                exhausted = quota;
            }
        }
        if (exhausted == null) {
            admit(consumer);
        }
        return exhausted;
    }

    /** The calls of a consumer that are not counted yet, or of all together where it is empty. */
    private BigDecimal calls(String consumer) {
        int passing = consumer.isEmpty()
                ? inFlight.values().stream().mapToInt(Integer::intValue).sum()
                : inFlight.getOrDefault(consumer, 0);
        return BigDecimal.valueOf((long) passing + pendingCalls.applyAsInt(consumer));
    }

    private BigDecimal size(String resource) {
        return resource.equals(Measure.REQUESTS)
                ? BigDecimal.ONE
                : sizes.stream()
                        .map(size -> size.getOrDefault(resource, BigDecimal.ZERO))
                        .reduce(BigDecimal.ZERO, BigDecimal::max);
    }

    /** An admitted call is counted in what is used, or uses nothing. */
    synchronized void release(String consumer) {
        inFlight.computeIfPresent(consumer, (name, calls) -> calls == 1 ? null : calls - 1);
    }

    /** Observes how much a call used, by resource, as it counts towards the limits. */
    synchronized void observe(Map<String, BigDecimal> size) {
        sizes.add(new HashMap<>(size));
        if (sizes.size() > REMEMBERED) {
            sizes.remove();
        }
    }
}
