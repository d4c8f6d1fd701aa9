/** The report as a web page: the model rendered by {@code usage.jte}, and its presenters. */
@NullMarked
package io.usageexporter.render.page;

import org.jspecify.annotations.NullMarked;
