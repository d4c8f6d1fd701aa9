/**
 * The tools with which integrations read their provider's API in the background: a JSON client, a poll loop with backoff,
 * and a task scheduler. Knows no provider.
 */
@NullMarked
package io.usageexporter.polling;

import org.jspecify.annotations.NullMarked;
