/**
 * The interface between the exporter and its provider integrations. Each package below is one kind of provider, except
 * {@code wire}, which holds the wire tools that they share.
 */
@NullMarked
package io.usageexporter.provider;

import org.jspecify.annotations.NullMarked;
