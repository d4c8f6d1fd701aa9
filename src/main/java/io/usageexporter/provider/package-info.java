/**
 * How the exporter sees a provider, whichever it is. Each package below it is one kind of provider; {@code wire} holds
 * what they share.
 */
@NullMarked
package io.usageexporter.provider;

import org.jspecify.annotations.NullMarked;
