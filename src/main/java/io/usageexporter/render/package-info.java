/** Renders the report, one class per output format. */
@NullMarked
package io.usageexporter.render;

import org.jspecify.annotations.NullMarked;
