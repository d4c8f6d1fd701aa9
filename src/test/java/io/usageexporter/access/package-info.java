/** Authentication, authorization and TLS. */
@NullMarked
package io.usageexporter.access;

import org.jspecify.annotations.NullMarked;
