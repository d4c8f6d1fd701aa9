/**
 * Forwards calls to a provider's API and responses back, byte for byte, and reads the usage out of them as they pass.
 * {@link io.usageexporter.gateway.Gateway} is the entry, a {@code ProxyExchange} is one call in flight, and the protocol of
 * the provider's integration observes it. Everything about a call happens on the I/O thread of its client's connection,
 * which also serves the connection to the provider, so that no lock is needed.
 */
@NullMarked
package io.usageexporter.gateway;

import org.jspecify.annotations.NullMarked;
