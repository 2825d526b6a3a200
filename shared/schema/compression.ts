import Type from 'typebox'
import { flag, integer, strictObject } from './field.ts'

const CONTENT_ENCODINGS = ['zstd', 'br', 'gzip'] as const
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number]

/** Which answers are compressed on their way. */
export const Compression = strictObject(
  {
    encodings: Type.Array(Type.Enum([...CONTENT_ENCODINGS]), { title: 'Encodings', description: 'The best first; the client decides by Accept-Encoding.', default: [...CONTENT_ENCODINGS], minItems: 1, maxItems: CONTENT_ENCODINGS.length, uniqueItems: true }),
    types: Type.Array(Type.String({ pattern: '^[a-z0-9][a-z0-9.+-]*/([a-z0-9][a-z0-9.+-]*|\\*)$', form: 'a media type such as text/* or application/json', maxLength: 128 }), {
      title: 'Media types', description: 'Answers of these types are compressed.', maxItems: 100, uniqueItems: true,
      default: ['text/*', 'application/json', 'application/javascript', 'application/xml', 'application/manifest+json', 'application/problem+json', 'application/wasm', 'image/svg+xml', 'font/ttf', 'font/otf']
    }),
    minBytes: integer({ title: 'Minimum', description: 'Shorter answers stay as they are; of unknown length counts as long.', unit: 'bytes', default: 1_024, maximum: 1_048_576 }),
    eventStreams: flag('Event streams', 'Also text/event-stream, flushed after each piece.', false)
  },
  { title: 'Compression', description: 'Compresses answers with br, zstd or gzip.' }
)
export type Compression = Type.Static<typeof Compression>
