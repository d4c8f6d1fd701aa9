/** Anthropic: calls through the gateway, posted usage objects, and the polled usage report. */
@NullMarked
package io.usageexporter.provider.anthropic;

import org.jspecify.annotations.NullMarked;
