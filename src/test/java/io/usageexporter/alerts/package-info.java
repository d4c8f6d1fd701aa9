/** The folder {@code prometheus/}: rules, their unit tests, runbook, and the path from usage to a receiver. */
@NullMarked
package io.usageexporter.alerts;

import org.jspecify.annotations.NullMarked;
