/** Any JSON API by configuration: JSON pointers locate the usage in responses. */
@NullMarked
package io.usageexporter.provider.json;

import org.jspecify.annotations.NullMarked;
