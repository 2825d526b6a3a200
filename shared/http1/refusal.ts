/** Why a message was not taken: the status and code of the answer. One object per reason, never made on the fly. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

const refusal = (status: number, code: string, message: string): Refusal => Object.freeze({ status, code, message })

/** Every reason the request codec refuses for. RFC 9112 unless named. */
export const REFUSALS = {
  badRequestLine: refusal(400, 'bad_request_line', 'The request line is malformed.'),
  badTarget: refusal(400, 'bad_request_target', 'The request target is malformed.'),
  ambiguousPath: refusal(400, 'ambiguous_path', 'The path can be read as that of two routes with different authorization.'),
  badField: refusal(400, 'bad_header_field', 'A header field is malformed.'),
  badHost: refusal(400, 'bad_host', 'The request needs exactly one well-formed Host header.'),
  badContentLength: refusal(400, 'bad_content_length', 'Content-Length is malformed or repeated.'),
  badTransferEncoding: refusal(400, 'bad_transfer_encoding', 'Transfer-Encoding and Content-Length cannot stand together, and chunked must be last.'),
  badChunk: refusal(400, 'bad_chunk', 'The chunked body is malformed.'),
  badTrailer: refusal(400, 'bad_trailer', 'The trailer section is malformed.'),
  badExpect: refusal(417, 'expectation_failed', 'Only 100-continue can be expected.'),
  methodNotAllowed: refusal(405, 'method_not_allowed', 'CONNECT and TRACE are not served.'),
  headerTimeout: refusal(408, 'request_timeout', 'The request head did not arrive in time.'),
  bodyTimeout: refusal(408, 'request_body_timeout', 'The request body did not arrive in time.'),
  responseNotRead: refusal(408, 'response_not_read', 'The client did not read the answer in time.'),
  bodyTooLarge: refusal(413, 'body_too_large', 'The request body is too large.'),
  targetTooLong: refusal(414, 'uri_too_long', 'The request target is too long.'),
  headTooLarge: refusal(431, 'header_too_large', 'The request head is too large.'),
  tooManyFields: refusal(431, 'too_many_header_fields', 'The request has too many header fields.'),
  unknownCoding: refusal(501, 'unknown_transfer_coding', 'Only the chunked transfer coding is known.'),
  badHandshake: refusal(400, 'bad_websocket_handshake', 'The WebSocket handshake is malformed.'),
  handshakeVersion: refusal(426, 'websocket_version_not_supported', 'Only version 13 of WebSocket is served.'),
  badVersion: refusal(505, 'http_version_not_supported', 'Only HTTP/1.0 and HTTP/1.1 are served.')
} as const
