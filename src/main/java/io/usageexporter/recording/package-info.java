/** The only write path: append, commit, add to the totals, acknowledge. */
@NullMarked
package io.usageexporter.recording;

import org.jspecify.annotations.NullMarked;
