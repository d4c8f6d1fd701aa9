/** The clients that applications use, each against a provider and against the gateway before it: the same to them. */
@NullMarked
package io.usageexporter.sdk;

import org.jspecify.annotations.NullMarked;
