/**
 * Who may do what: the web configuration with TLS, users and headers, API tokens, and the decision about each request.
 */
@NullMarked
package io.usageexporter.access;

import org.jspecify.annotations.NullMarked;
