/** Consistent reports on all providers at one instant, from which every view is rendered. */
@NullMarked
package io.usageexporter.report;

import org.jspecify.annotations.NullMarked;
