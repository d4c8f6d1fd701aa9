/** {@link io.usageexporter.Main} and the composition root. The packages follow the data's way. */
@NullMarked
package io.usageexporter;

import org.jspecify.annotations.NullMarked;
