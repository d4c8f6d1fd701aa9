/** The files that run the exporter on a host and in a cluster, checked by the tools that read them. */
@NullMarked
package io.usageexporter.deployment;

import org.jspecify.annotations.NullMarked;
