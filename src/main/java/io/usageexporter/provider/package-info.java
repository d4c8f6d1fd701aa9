/**
 * What is said of a provider's answer, whoever the provider is. The packages below it know one provider's wire formats
 * each; whoever watches answers go by uses them all in the same way.
 */
@NullMarked
package io.usageexporter.provider;

import org.jspecify.annotations.NullMarked;
