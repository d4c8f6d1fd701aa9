/** README.md and src/docs: what they say is done, and what they show is compared. */
@NullMarked
package io.usageexporter.documentation;

import org.jspecify.annotations.NullMarked;
