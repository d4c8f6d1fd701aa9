/**
 * Forwards calls to a provider's API and responses back, byte for byte, and reads the usage out of them as they pass.
 * {@link io.usageexporter.gateway.Gateway} is the entry; a {@code Call} is one call under way; a {@code Traffic} knows one
 * provider's calls, and watches each by a {@code Watcher}. All of a call happens on the I/O thread of its client's
 * connection, which is that of the connection to the provider as well, so that nothing of it needs a lock.
 */
@NullMarked
package io.usageexporter.gateway;

import org.jspecify.annotations.NullMarked;
