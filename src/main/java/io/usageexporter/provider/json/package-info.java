/** Any JSON API by configuration: the usage is found in responses by JSON pointers. */
@NullMarked
package io.usageexporter.provider.json;

import org.jspecify.annotations.NullMarked;
