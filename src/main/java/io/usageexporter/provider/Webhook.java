package io.usageexporter.provider;

import io.usageexporter.config.Secret;
import java.util.function.Consumer;

/**
 * Takes what a provider posts.
 *
 * @param secret that the sender must know
 */
public record Webhook(Secret secret, Receiver receiver) {
    /** Takes a body. Thread-safe. */
    public interface Receiver {
        /**
         * Takes a body.
         *
         * @param reply called once, by any thread; must not block
         */
        void receive(byte[] body, Consumer<Reply> reply);
    }

    /** The response to a body. */
    public sealed interface Reply {}

    /** What was announced is certain to be recorded. */
    public record Accepted() implements Reply {}

    /** The body is not what the provider posts. */
    public record Invalid(String message) implements Reply {}

    /** To be posted again later. */
    public record Unavailable(String message) implements Reply {}
}
