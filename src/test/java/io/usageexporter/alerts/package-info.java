/** The folder {@code prometheus/}: its rules, their tests and runbook, and the way from use to a receiver. */
@NullMarked
package io.usageexporter.alerts;

import org.jspecify.annotations.NullMarked;
