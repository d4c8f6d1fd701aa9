/** The image and the stack around it, as far as they can be tested without a container engine. */
@NullMarked
package io.usageexporter.docker;

import org.jspecify.annotations.NullMarked;
