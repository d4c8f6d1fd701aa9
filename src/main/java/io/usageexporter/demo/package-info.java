/**
 * A simulated recommendation app whose usage can be fed into a running exporter, for demonstrations, tests and
 * screenshots.
 */
@NullMarked
package io.usageexporter.demo;

import org.jspecify.annotations.NullMarked;
