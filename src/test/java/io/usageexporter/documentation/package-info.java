/** README.md and src/docs: their examples are run, and their output is compared. */
@NullMarked
package io.usageexporter.documentation;

import org.jspecify.annotations.NullMarked;
