/** What reverse proxies say about the requests that they forward, and which of them are believed. Pure functions. */
@NullMarked
package io.usageexporter.forwarded;

import org.jspecify.annotations.NullMarked;
