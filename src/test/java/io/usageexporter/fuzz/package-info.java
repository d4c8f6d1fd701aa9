/** Arbitrary bytes for everything that reads what others write. */
@NullMarked
package io.usageexporter.fuzz;

import org.jspecify.annotations.NullMarked;
