/** The Grafana dashboards: their files, and their queries against a real Prometheus. */
@NullMarked
package io.usageexporter.dashboards;

import org.jspecify.annotations.NullMarked;
