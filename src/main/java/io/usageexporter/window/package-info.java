/** The windows of limits: which one contains an instant, right through clock changes. Pure functions. */
@NullMarked
package io.usageexporter.window;

import org.jspecify.annotations.NullMarked;
