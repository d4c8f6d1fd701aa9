/** The report as a page for people: the model that {@code usage.jte} draws, and what makes it. */
@NullMarked
package io.usageexporter.view.page;

import org.jspecify.annotations.NullMarked;
