/** Clients that applications use, each directly against a provider and through the gateway. */
@NullMarked
package io.usageexporter.sdk;

import org.jspecify.annotations.NullMarked;
