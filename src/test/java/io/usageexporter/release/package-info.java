/** What the released jars promise. */
@NullMarked
package io.usageexporter.release;

import org.jspecify.annotations.NullMarked;
