/** What goes wrong around an exporter: the disk, the ledger's file, other processes, the power. */
@NullMarked
package io.usageexporter.faults;

import org.jspecify.annotations.NullMarked;
