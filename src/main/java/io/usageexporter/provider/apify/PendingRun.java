package io.usageexporter.provider.apify;

/** A run whose final figures have not been read yet. */
record PendingRun(String id, RunAttribution attribution) {}
