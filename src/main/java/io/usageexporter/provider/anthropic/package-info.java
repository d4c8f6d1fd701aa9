/** What is known of Anthropic's wire formats. */
@NullMarked
package io.usageexporter.provider.anthropic;

import org.jspecify.annotations.NullMarked;
