package io.usageexporter.access;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies passwords against bcrypt hashes, on one thread, so that attempts cannot take more than one processor.
 * Remembers successes by a keyed hash, from which no password can be computed; so a scrape costs none. Thread-safe.
 */
final class PasswordVerifier implements AutoCloseable {
    /** Attempts that may wait; at the usual cost they take seconds. */
    private static final int MAX_WAITING = 64;

    private static final int MAX_REMEMBERED = 1000;
    private static final String HMAC = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final int COST_AT = 4;

    /** What is hashed in place of a password that bcrypt cannot take; a hash of this is practically impossible. */
    private static final byte[] NO_PASSWORD = {0x7f};

    /** The toolkit's hash for users that do not exist, without its cost. */
    private static final String UNKNOWN_USER = "$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

    private static final BCrypt.Verifyer BCRYPT =
            BCrypt.verifyer(BCrypt.Version.VERSION_2B, LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2B));

    private final SecretKeySpec key;
    private final Set<ByteBuffer> remembered = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Boolean> eldest) {
            return size() > MAX_REMEMBERED;
        }
    });
    private final ThreadPoolExecutor thread;

    PasswordVerifier() {
        var random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        key = new SecretKeySpec(random, HMAC);
        thread = new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
            var daemon = new Thread(task, "passwords");
            daemon.setDaemon(true);
            return daemon;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    /** What a client presents. */
    record Attempt(String user, String password) {
        @Override
        public String toString() {
            return "an attempt to log in";
        }
    }

    /** Whether this password has been verified before, against the hash that the user has now. */
    boolean isRemembered(Map<String, String> users, Attempt attempt) {
        String hash = users.get(attempt.user());
        if (hash == null) {
            return false;
        }
        ByteBuffer fingerprint = fingerprint(attempt, hash);
        synchronized (remembered) {
            return remembered.contains(fingerprint);
        }
    }

    /**
     * Verifies a password. Takes as long for users that do not exist.
     *
     * @param users their hashes by name
     * @param result called once on another thread, unless this returns false
     * @return false if too many attempts wait already
     */
    boolean verify(Map<String, String> users, Attempt attempt, Consumer<Boolean> result) {
        try {
            thread.execute(() -> result.accept(verify(users, attempt)));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private boolean verify(Map<String, String> users, Attempt attempt) {
        String hash = users.get(attempt.user());
        byte[] password = attempt.password().getBytes(StandardCharsets.UTF_8);
        boolean canBeHashed = password.length > 0 && attempt.password().indexOf('\0') < 0;
        String compared = hash == null ? hashOfNobody(users) : hash;
        boolean matches = BCRYPT.verify(
                        canBeHashed ? password : NO_PASSWORD, compared.getBytes(StandardCharsets.US_ASCII))
                .verified;
        if (hash == null || !canBeHashed || !matches) {
            return false;
        }
        ByteBuffer fingerprint = fingerprint(attempt, hash);
        synchronized (remembered) {
            remembered.add(fingerprint);
        }
        return true;
    }

    /** A hash that takes as long as that of a user who exists. */
    private static String hashOfNobody(Map<String, String> users) {
        String cost = users.values().stream()
                .map(hash -> hash.substring(COST_AT, COST_AT + 2))
                .max(String::compareTo)
                .orElse("10");
        return "$2y$" + cost + UNKNOWN_USER;
    }

    private ByteBuffer fingerprint(Attempt attempt, String hash) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            for (String part : Arrays.asList(attempt.user(), hash, attempt.password())) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                mac.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
                mac.update(bytes);
            }
            return ByteBuffer.wrap(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
