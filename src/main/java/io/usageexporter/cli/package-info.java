/** Flags, environment variables and subcommands, and the log. */
@NullMarked
package io.usageexporter.cli;

import org.jspecify.annotations.NullMarked;
