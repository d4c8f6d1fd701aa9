@NullMarked
package io.usageexporter.demo;

import org.jspecify.annotations.NullMarked;
