package io.usageexporter.access;

/** What is to be done with a request. */
public sealed interface Verdict {
    /**
     * It is answered.
     *
     * @param consumer for whom it records, whatever it says; empty where it decides itself
     */
    record Allowed(String consumer) implements Verdict {}

    /** Its sender is not known, and why. */
    record Unauthenticated(String why) implements Verdict {}

    /** Its sender may not do this, and why not. */
    record Forbidden(String why) implements Verdict {}

    /**
     * More requests arrive than are allowed.
     *
     * @param retryAfterSeconds when the next one is
     */
    record TooFast(long retryAfterSeconds) implements Verdict {}

    /** Too many passwords wait to be verified. */
    record Busy() implements Verdict {}

    /** Its password must be verified, which takes time: {@link AccessControl#verify}. */
    final class Unverified implements Verdict {
        final PasswordVerifier.Attempt attempt;

        Unverified(PasswordVerifier.Attempt attempt) {
            this.attempt = attempt;
        }
    }
}
