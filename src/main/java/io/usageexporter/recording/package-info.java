/** The one write path: append, commit, fold into the totals, acknowledge. */
@NullMarked
package io.usageexporter.recording;

import org.jspecify.annotations.NullMarked;
