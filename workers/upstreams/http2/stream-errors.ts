/** The error of a stream that the origin did not look at: another one may be opened for the same request (RFC 9113 section 8.7). */
export const STREAM_REFUSED = 'HTTP2_STREAM_REFUSED'

/** The error of a request that Node does not send over HTTP/2: it would not send it a second time either. */
export const REQUEST_NOT_SENDABLE = 'HTTP2_REQUEST_NOT_SENDABLE'
