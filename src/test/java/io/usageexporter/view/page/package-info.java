@NullMarked
package io.usageexporter.view.page;

import org.jspecify.annotations.NullMarked;
