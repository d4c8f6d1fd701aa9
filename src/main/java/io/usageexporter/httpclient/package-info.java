/** What the clients of exporters and of providers' APIs share: bounded requests, their failures, delays between retries. */
@NullMarked
package io.usageexporter.httpclient;

import org.jspecify.annotations.NullMarked;
