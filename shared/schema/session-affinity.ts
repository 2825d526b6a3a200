import Type from 'typebox'
import { flag, integer, strictObject, token, words } from './field.ts'

const AffinityCookie = strictObject(
  {
    path: Type.String({ title: 'Path', description: 'Path of the cookie.', default: '/', pattern: '^/[\\x20-\\x3a\\x3c-\\x7e]*$', form: 'a path without ";"', maxLength: 1024 }),
    domain: Type.Optional(Type.String({ title: 'Domain', description: 'Domain of the cookie.', maxLength: 253, format: 'host-name' })),
    httpOnly: flag('HttpOnly', 'Keep the cookie from scripts.', true),
    securePolicy: words(['None', 'Always', 'SameAsRequest'], { title: 'Secure', description: 'When the cookie carries Secure; SameAsRequest: where the client speaks https.', default: 'SameAsRequest' }),
    sameSite: words(['Unspecified', 'None', 'Lax', 'Strict'], { title: 'SameSite', description: 'The SameSite attribute.', default: 'Unspecified' }),
    expirationSeconds: Type.Optional(Type.Integer({ title: 'Expires', description: 'Seconds until the Expires date.', unit: 's', minimum: 1 })),
    maxAgeSeconds: Type.Optional(Type.Integer({ title: 'Max-Age', description: 'Seconds in Max-Age.', unit: 's', minimum: 1 })),
    isEssential: flag('Essential', 'Kept for YARP; it changes nothing here.', false)
  },
  { title: 'Cookie', description: 'The cookie of the cookie policies.' }
)

/** Keeping the requests of one client on one target. */
export const SessionAffinity = strictObject(
  {
    enabled: flag('Enabled', 'Keep requests of one key on one target.', false),
    policy: words(['Hash', 'HashCookie', 'ArrCookie', 'Cookie', 'CustomHeader'], { title: 'Policy', description: 'Where the key comes from.', default: 'Hash' }),
    keyName: token(128, { title: 'Key name', description: 'Header or cookie that carries the key.', default: 'X-Session-Key' }),
    failurePolicy: words(['Redistribute', 'Return503'], { title: 'Failure policy', description: 'What happens when the bound target is not available.', default: 'Redistribute' }),
    boundedLoad: integer({ title: 'Bounded load', description: 'Most load of a target in percent of the average; 0 means off.', unit: '%', default: 0, maximum: 10_000 }),
    cookie: Type.Optional(AffinityCookie)
  },
  { title: 'Session affinity', description: 'Keeps the requests of one client on one target.', default: {} }
)
export type SessionAffinity = Type.Static<typeof SessionAffinity>
