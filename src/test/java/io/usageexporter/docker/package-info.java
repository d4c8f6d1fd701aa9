/** The image and the Compose stack, tested without a container engine. */
@NullMarked
package io.usageexporter.docker;

import org.jspecify.annotations.NullMarked;
