/** The page in a real browser. */
@NullMarked
package io.usageexporter.page;

import org.jspecify.annotations.NullMarked;
