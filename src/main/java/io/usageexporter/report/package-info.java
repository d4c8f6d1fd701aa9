/** One consistent picture of everything at one instant, from which every view is drawn. */
@NullMarked
package io.usageexporter.report;

import org.jspecify.annotations.NullMarked;
