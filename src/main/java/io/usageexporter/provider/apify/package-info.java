/** What is known of Apify's wire formats: its calls, its runs, its webhooks and what it says of an account. */
@NullMarked
package io.usageexporter.provider.apify;

import org.jspecify.annotations.NullMarked;
