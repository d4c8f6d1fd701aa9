@NullMarked
package io.usageexporter.metrics;

import org.jspecify.annotations.NullMarked;
