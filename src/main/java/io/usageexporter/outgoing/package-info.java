/** Through which proxy the exporter reaches a provider. */
@NullMarked
package io.usageexporter.outgoing;

import org.jspecify.annotations.NullMarked;
