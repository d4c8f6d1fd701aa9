/** From YAML to one immutable, validated {@link Config}; all errors at once, with file, line and key. */
@NullMarked
package io.usageexporter.config;

import org.jspecify.annotations.NullMarked;
