package io.usageexporter.gateway;

/** Receives the progress of a request or response that is being relayed, on the I/O thread of its call. */
interface RelayListener {
    /** The provider took or sent some bytes. */
    void onProviderActivity();

    /** The provider's response is complete; the client may still have to read it. */
    void onResponseComplete();

    void onProviderFailure();

    void onClientFailure();
}
