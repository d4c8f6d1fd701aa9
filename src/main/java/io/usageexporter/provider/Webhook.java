package io.usageexporter.provider;

import io.usageexporter.config.Secret;
import java.util.function.Consumer;

/**
 * Receives what a provider posts.
 *
 * @param secret that the sender must know
 */
public record Webhook(Secret secret, Receiver receiver) {
    /** Thread-safe. */
    public interface Receiver {
        /**
         * Receives a body.
         *
         * @param reply receives the reply, exactly once and on any thread; must not block
         */
        void receive(byte[] body, Consumer<Reply> reply);
    }

    /** The response to a body. */
    public sealed interface Reply {}

    /** What was announced will be recorded, even after a crash. */
    public record Accepted() implements Reply {}

    /** The body is not a valid payload. */
    public record Invalid(String message) implements Reply {}

    /** Not accepted now; the sender should retry later. */
    public record Unavailable(String message) implements Reply {}
}
