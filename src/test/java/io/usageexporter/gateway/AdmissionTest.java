package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.quota.Quota;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.quota.WindowQuota;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest {
    private static final Instant TONIGHT = Instant.parse("2026-11-25T00:00:00Z");
    private static final Instant NEXT_MONTH = Instant.parse("2026-12-01T00:00:00Z");

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger tokens = new AtomicInteger();

    private static WindowQuota budget(String resource, Window window, long used, long limit, Instant resetsAt) {
        return new WindowQuota("", resource, window, quota(used, limit), resetsAt);
    }

    private static Quota quota(long used, long limit) {
        return new Quota(BigDecimal.valueOf(used), BigDecimal.valueOf(limit), Thresholds.DEFAULT);
    }

    private Admission ofRequests(int limit) {
        return new Admission(
                consumer -> List.of(budget("requests", Window.DAILY, requests.get(), limit, TONIGHT)), consumer -> 0);
    }

    private Admission ofTokens(int limit) {
        return new Admission(
                consumer -> List.of(budget("tokens", Window.DAILY, tokens.get(), limit, TONIGHT)), consumer -> 0);
    }

    private static Map<String, BigDecimal> size(int tokens) {
        return Map.of("tokens", BigDecimal.valueOf(tokens));
    }

    @Test
    void withoutLimitsEveryCallIsAdmitted() {
        var admission = new Admission(consumer -> List.of(), consumer -> 0);
        for (int i = 0; i < 1000; i++) {
            assertThat(admission.tryAdmit("")).isNull();
        }
    }

    @Test
    void callsInFlightCountAsUsed() {
        Admission admission = ofRequests(10);
        requests.set(7);
        for (int i = 0; i < 3; i++) {
            assertThat(admission.tryAdmit("")).isNull();
        }
        assertThat(admission.tryAdmit("")).isNotNull();

        admission.release(""); // a call that failed and used nothing
        assertThat(admission.tryAdmit("")).isNull();
        assertThat(admission.tryAdmit("")).isNotNull();

        requests.incrementAndGet();
        admission.release("");
        assertThat(admission.tryAdmit("")).isNotNull();
    }

    @Test
    void limitOfZeroAdmitsNothing() {
        assertThat(ofRequests(0).tryAdmit("")).isNotNull();
        assertThat(ofTokens(0).tryAdmit("")).isNotNull();
    }

    @Test
    void callsForwardedRegardlessAreChargedToo() {
        Admission admission = ofRequests(2);
        admission.admit("");
        admission.admit("");
        assertThat(admission.tryAdmit("")).isNotNull();
    }

    @Test
    void runsThatContinueAfterTheirCallAreChargedToo() {
        var runs = new AtomicInteger(2);
        var admission = new Admission(
                consumer -> List.of(budget("requests", Window.DAILY, 7, 10, TONIGHT)), consumer -> runs.get());
        assertThat(admission.tryAdmit("")).isNull();
        assertThat(admission.tryAdmit("")).isNotNull();
        runs.set(0);
        assertThat(admission.tryAdmit("")).isNull();
    }

    @Test
    void ofSeveralExhaustedQuotasTheLastToResetIsReported() {
        var admission = new Admission(
                consumer -> List.of(
                        budget("requests", Window.DAILY, 5, 5, TONIGHT),
                        budget("tokens", Window.MONTHLY, 9, 9, NEXT_MONTH),
                        budget("tokens", Window.DAILY, 9, 9, TONIGHT),
                        budget("requests", Window.MONTHLY, 5, 100, NEXT_MONTH)),
                consumer -> 0);
        assertThat(admission.tryAdmit("")).isEqualTo(budget("tokens", Window.MONTHLY, 9, 9, NEXT_MONTH));
    }

    @Test
    void exhaustedQuotaOfAConsumerRejectsThatConsumerAlone() {
        var growth = new WindowQuota("growth", "requests", Window.DAILY, quota(10, 10), TONIGHT);
        var admission =
                new Admission(consumer -> consumer.equals("growth") ? List.of(growth) : List.of(), consumer -> 0);
        assertThat(admission.tryAdmit("growth")).isEqualTo(growth);
        assertThat(admission.tryAdmit("search")).isNull();
        assertThat(admission.tryAdmit("")).isNull();
    }

    @Test
    void ownQuotaIsChargedOnlyTheConsumersOwnCalls() {
        var runs = new AtomicInteger();
        var admission = new Admission(
                consumer -> List.of(
                        new WindowQuota("growth", "requests", Window.DAILY, quota(1, 3), TONIGHT),
                        new WindowQuota("", "requests", Window.DAILY, quota(1, 100), TONIGHT)),
                consumer -> consumer.equals("growth") ? runs.get() : 0);
        for (int i = 0; i < 20; i++) {
            admission.admit("search");
        }
        assertThat(admission.tryAdmit("growth")).isNull();
        runs.set(1);
        assertThat(admission.tryAdmit("growth")).isNotNull();
        runs.set(0);
        assertThat(admission.tryAdmit("growth")).isNull();
        assertThat(admission.tryAdmit("growth")).isNotNull();
        admission.release("growth");
        assertThat(admission.tryAdmit("growth")).isNull();
    }

    @Test
    void callsOfEveryConsumerAreChargedToTheCommonQuota() {
        Admission admission = ofRequests(3);
        admission.admit("search");
        admission.admit("");
        assertThat(admission.tryAdmit("growth")).isNull();
        assertThat(admission.tryAdmit("growth")).isNotNull();
    }

    /** Ten calls at a time; each admitted one is recorded only after the others were decided. */
    @ParameterizedTest
    @CsvSource({"1, 1", "7, 20", "100, 1000", "1000, 1999"})
    void tokensOverrunByLessThanOneCallWhileCallsDoNotGrow(int size, int limit) {
        Admission admission = ofTokens(limit);
        admission.observe(size(size));
        for (int round = 0; round < limit / size + 2; round++) {
            long passed = IntStream.range(0, 10)
                    .filter(call -> admission.tryAdmit("") == null)
                    .count();
            for (long call = 0; call < passed; call++) {
                tokens.addAndGet(size);
                admission.observe(size(size));
                admission.release("");
            }
        }
        assertThat(tokens.get()).isBetween(limit, limit + size - 1);
        assertThat(admission.tryAdmit("")).isNotNull();
    }

    @Test
    void callsInFlightAreChargedTheLargestOfTheLastCalls() {
        Admission admission = ofTokens(1000);
        admission.observe(size(400));
        IntStream.range(1, Admission.REMEMBERED).forEach(i -> admission.observe(size(10)));
        assertThat(admission.tryAdmit("")).isNull();
        assertThat(admission.tryAdmit("")).isNull();
        assertThat(admission.tryAdmit("")).isNull();
        assertThat(admission.tryAdmit("")).isNotNull();

        admission.observe(size(10)); // and the large one is forgotten
        assertThat(admission.tryAdmit("")).isNull();
    }

    @Test
    void callThatUsedNothingOfAResourceAddsNoCharge() {
        Admission admission = ofTokens(1000);
        admission.observe(Map.of("requests", BigDecimal.ONE));
        for (int i = 0; i < 100; i++) {
            assertThat(admission.tryAdmit("")).isNull();
        }
    }

    /** A call recorded during another's decision is in the totals or in flight, never in neither. */
    @Test
    void callRecordedDuringTheDecisionIsChargedAtLeastOnce() {
        var counting = new AtomicReference<@Nullable Thread>();
        var admission = new Admission(
                consumer -> {
                    List<WindowQuota> before = List.of(budget("requests", Window.DAILY, requests.get(), 1, TONIGHT));
                    Thread other = counting.get();
                    if (other != null) {
                        requests.incrementAndGet();
                        other.start();
                        Awaitility.await().until(() -> other.getState() != Thread.State.RUNNABLE);
                    }
                    return before;
                },
                consumer -> 0);
        assertThat(admission.tryAdmit("")).isNull();
        counting.set(new Thread(() -> admission.release("")));

        assertThat(admission.tryAdmit("")).isNotNull();
    }

    @RepeatedTest(20)
    void requestsNeverOverrunUnderConcurrency() {
        int limit = 200;
        Admission admission = ofRequests(limit);
        var start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<CompletableFuture<Void>> callers = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> call(admission, start), threads))
                    .toList();
            start.countDown();
            callers.forEach(CompletableFuture::join);
        } finally {
            threads.shutdown();
        }
        assertThat(requests).hasValue(limit);
        assertThat(admission.tryAdmit("")).isNotNull();
    }

    /** Requests admission until nothing is left. */
    private void call(Admission admission, CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        for (int refused = 0; refused < 200; ) {
            if (admission.tryAdmit("") == null) {
                requests.incrementAndGet();
                admission.release("");
            } else {
                refused++;
            }
        }
    }
}
