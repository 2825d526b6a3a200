import Type from 'typebox'
import { flag, integer, strictObject, token } from './field.ts'

/** Which pages of other origins may read answers (Fetch standard, section 3.2). */
export const Cors = strictObject(
  {
    origins: Type.Array(Type.String({ pattern: '^(\\*|[a-z][a-z0-9+.-]*://(\\*\\.)?[a-z0-9._-]+(:\\d{1,5})?|[a-z][a-z0-9+.-]*://\\[[0-9a-f:.]+\\](:\\d{1,5})?)$', form: '*, or an origin such as https://shop.example or https://*.shop.example, in lower case', maxLength: 300 }), { title: 'Origins', description: 'Origins that are let in; * is every one.', minItems: 1, maxItems: 1_000, uniqueItems: true }),
    methods: Type.Array(token(32), { title: 'Methods', description: 'Methods that a preflight allows; * is every one, without credentials.', default: ['GET', 'HEAD', 'POST'], minItems: 1, maxItems: 32, uniqueItems: true }),
    headers: Type.Array(token(128), { title: 'Headers', description: 'Request headers that a preflight allows; * is every one but Authorization, without credentials.', default: [], maxItems: 100, uniqueItems: true }),
    exposed: Type.Array(token(128), { title: 'Exposed headers', description: 'Headers of answers that pages may read.', default: [], maxItems: 100, uniqueItems: true }),
    credentials: flag('Credentials', 'Requests may carry cookies and HTTP authentication.', false),
    maxAgeSeconds: integer({ title: 'Max age', description: 'How long browsers keep the answer to a preflight.', unit: 's', default: 600, maximum: 86_400 })
  },
  { title: 'CORS', description: 'Which pages of other origins may read answers. Preflights are answered here.' }
)
export type Cors = Type.Static<typeof Cors>
