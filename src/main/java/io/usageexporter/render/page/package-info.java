/** The report as a page for people: the model that {@code usage.jte} draws, and what makes it. */
@NullMarked
package io.usageexporter.render.page;

import org.jspecify.annotations.NullMarked;
