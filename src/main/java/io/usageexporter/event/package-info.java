/**
 * A validated usage event: the only thing that travels past the edge. Knows nothing but the JDK; every other package
 * may use it.
 */
@NullMarked
package io.usageexporter.event;

import org.jspecify.annotations.NullMarked;
