/** The report in every form in which it goes out, and the exporter's meters about itself. One renderer a format. */
@NullMarked
package io.usageexporter.render;

import org.jspecify.annotations.NullMarked;
