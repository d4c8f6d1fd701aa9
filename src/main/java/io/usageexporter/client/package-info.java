/**
 * For applications: records uses with a running exporter, without ever failing or holding up the application. The one
 * HTTP client of an exporter, which the subcommands use too. Knows nothing of the server but its wire format.
 */
@NullMarked
package io.usageexporter.client;

import org.jspecify.annotations.NullMarked;
