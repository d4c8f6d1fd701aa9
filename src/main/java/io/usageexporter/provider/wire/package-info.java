@NullMarked
package io.usageexporter.provider.wire;

import org.jspecify.annotations.NullMarked;
