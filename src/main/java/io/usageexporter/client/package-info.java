/**
 * The client for applications: records usage with a running exporter, without ever failing or blocking the application.
 * Also the HTTP client of the subcommands. Knows nothing of the server but its wire format.
 */
@NullMarked
package io.usageexporter.client;

import org.jspecify.annotations.NullMarked;
