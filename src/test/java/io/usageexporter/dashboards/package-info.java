@NullMarked
package io.usageexporter.dashboards;

import org.jspecify.annotations.NullMarked;
