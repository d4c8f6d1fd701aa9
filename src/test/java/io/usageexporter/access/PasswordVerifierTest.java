package io.usageexporter.access;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.usageexporter.access.PasswordVerifier.Attempt;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordVerifierTest {
    private final PasswordVerifier verifier = new PasswordVerifier();
    private final Map<String, String> users = Map.of("alice", hash(4, "right"));

    @AfterEach
    void close() {
        verifier.close();
    }

    private static String hash(int cost, String password) {
        return BCrypt.withDefaults().hashToString(cost, password.toCharArray());
    }

    private boolean verify(Map<String, String> known, String user, String password) {
        var result = new CompletableFuture<Boolean>();
        assertThat(verifier.verify(known, new Attempt(user, password), result::complete))
                .isTrue();
        return result.join();
    }

    private boolean isRemembered(Map<String, String> known, String user, String password) {
        return verifier.isRemembered(known, new Attempt(user, password));
    }

    @Test
    void onlyWhatWasRightIsRemembered() {
        assertThat(isRemembered(users, "alice", "right")).isFalse();
        assertThat(verify(users, "alice", "right")).isTrue();
        assertThat(verify(users, "alice", "wrong")).isFalse();
        assertThat(verify(users, "bob", "right")).isFalse();

        assertThat(isRemembered(users, "alice", "right")).isTrue();
        assertThat(isRemembered(users, "alice", "wrong")).isFalse();
        assertThat(isRemembered(users, "bob", "right")).isFalse();
    }

    @Test
    void anotherHashOrNoneIsNotRemembered() {
        assertThat(verify(users, "alice", "right")).isTrue();

        assertThat(isRemembered(Map.of("alice", hash(4, "right")), "alice", "right"))
                .as("the same password, hashed again")
                .isFalse();
        assertThat(isRemembered(Map.of(), "alice", "right")).isFalse();
    }

    @Test
    void theOldestIsForgottenWhereThereAreTooMany() {
        for (int i = 0; i <= 1000; i++) {
            String user = "user-" + i;
            assertThat(verify(Map.of(user, users.get("alice")), user, "right")).isTrue();
        }
        assertThat(isRemembered(Map.of("user-0", users.get("alice")), "user-0", "right"))
                .isFalse();
        assertThat(isRemembered(Map.of("user-1", users.get("alice")), "user-1", "right"))
                .isTrue();
    }

    @Test
    void anUnknownUserTakesAsLong() {
        Map<String, String> costly = Map.of("alice", hash(9, "right"));
        double known = seconds(costly, "alice");
        double unknown = seconds(costly, "nobody");

        assertThat(unknown / known).isBetween(1 / 3.0, 3.0);
    }

    /** The least of several. */
    private double seconds(Map<String, String> known, String user) {
        var times = new long[7];
        for (int i = 0; i < times.length; i++) {
            long start = System.nanoTime();
            verify(known, user, "wrong");
            times[i] = System.nanoTime() - start;
        }
        return Arrays.stream(times).min().orElseThrow() / 1e9;
    }

    @Test
    void attemptsThatWouldWaitTooLongAreRefused() {
        var held = new CountDownLatch(1);
        assertThat(verifier.verify(users, new Attempt("alice", "x"), isRight -> await(held)))
                .isTrue();
        int taken = 0;
        while (taken < 1000 && verifier.verify(users, new Attempt("alice", "x"), isRight -> {})) {
            taken++;
        }
        held.countDown();

        assertThat(taken).isEqualTo(64);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
