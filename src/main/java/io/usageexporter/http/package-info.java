/** The HTTP server: the route table, its handlers, and the mapping of failures to problem documents. */
@NullMarked
package io.usageexporter.http;

import org.jspecify.annotations.NullMarked;
