/**
 * A recommendation app that never was, for demonstrations, tests and pictures: what it uses when, and how that is played
 * into a running exporter by its client. Nothing else depends on it.
 */
@NullMarked
package io.usageexporter.demo;

import org.jspecify.annotations.NullMarked;
