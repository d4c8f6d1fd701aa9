/** Apify: calls through the gateway, the tracking of actor runs, webhooks, and the account. */
@NullMarked
package io.usageexporter.provider.apify;

import org.jspecify.annotations.NullMarked;
