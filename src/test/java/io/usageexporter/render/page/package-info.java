@NullMarked
package io.usageexporter.render.page;

import org.jspecify.annotations.NullMarked;
