import Type from 'typebox'
import { flag, integer, line, strictObject, token } from './field.ts'
import { SecretName } from './secret.ts'

const ranges = (title: string, description: string) => Type.Array(Type.String({ maxLength: 64, format: 'cidr' }), { title, description, default: [], maxItems: 10_000, uniqueItems: true })
const userName = (description: string) => Type.String({ title: 'Name', description, pattern: '^[\\x21-\\x39\\x3b-\\x7e](?:[\\x20-\\x39\\x3b-\\x7e]*[\\x21-\\x39\\x3b-\\x7e])?$', form: 'visible ASCII without a colon, with spaces between them only', maxLength: 128 })

const RequiredClaim = strictObject({
  name: Type.String({ title: 'Claim', description: 'Name of the claim.', minLength: 1, maxLength: 256 }),
  values: Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), { title: 'Values', description: 'The claim, or one item of it where it is a list, must be one of these; none: it must be there.', default: [], maxItems: 100, uniqueItems: true })
})

export const JwtAuthorization = strictObject(
  {
    provider: Type.Optional(line(200, { title: 'Provider', description: 'Name of the identity provider that must have issued the token; absent: any of them.' })),
    requiredClaims: Type.Array(RequiredClaim, { title: 'Required claims', description: 'All of these must hold.', default: [], maxItems: 32 }),
    requiredScopes: Type.Array(Type.String({ pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,256}$', form: 'a scope of RFC 6749', maxLength: 256 }), { title: 'Required scopes', description: 'All of these must be in the claim "scope" or "scp".', default: [], maxItems: 64, uniqueItems: true })
  },
  { title: 'Token', description: 'A verified token of an identity provider (RFC 6750).' }
)

const secretInstead = (what: string) => Type.Optional(Type.String({ ...SecretName, title: 'Secret', description: `Name of the secret that is ${what}, in place of its hash.` }))

export const ApiKey = strictObject({
  name: userName('Whose key it is: the user of requests that have it.'),
  hash: Type.Optional(Type.String({ title: 'Hash', description: 'SHA-256 of the key. The key itself should be random: 128 bits or more.', pattern: '^[0-9a-f]{64}$', form: '64 lower-case hex digits', maxLength: 64 })),
  secretName: secretInstead('the key')
})

export const ApiKeyAuthorization = strictObject(
  {
    header: Type.Optional(token(128, { title: 'Header', description: 'Header that holds the key. It is taken out before the origin sees the request.' })),
    query: Type.Optional(Type.String({ title: 'Query parameter', description: 'Parameter that holds the key. It is taken out before the origin sees the request.', pattern: '^[A-Za-z0-9._~-]{1,128}$', form: 'letters, digits and ._~-', maxLength: 128 })),
    keys: Type.Array(ApiKey, { title: 'Keys', description: 'The keys that are taken.', minItems: 1, maxItems: 10_000 })
  },
  { title: 'API key', description: 'A key in a header or a query parameter; exactly one of both.' }
)

/** PHC strings: what node:crypto can verify away from the event loop. */
export const PASSWORD_HASH = '^\\$(?:scrypt\\$ln=(?:1[0-7]),r=(?:[1-9]|1[0-6]),p=[1-4]|argon2id\\$v=19\\$m=(?:[1-9]\\d{1,5}),t=(?:[1-9]|1[0-6]),p=[1-4])\\$[A-Za-z0-9+/]{11,86}\\$[A-Za-z0-9+/]{22,86}$'

const BasicUser = strictObject({
  name: userName('The user.'),
  hash: Type.Optional(Type.String({ title: 'Hash', description: 'Hash of the password in PHC form, by scrypt or argon2id.', pattern: PASSWORD_HASH, form: '$scrypt$ln=15,r=8,p=1$SALT$HASH or $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH', maxLength: 300 })),
  secretName: secretInstead('the password')
})

export const BasicAuthorization = strictObject(
  { users: Type.Array(BasicUser, { title: 'Users', description: 'Who may come in.', minItems: 1, maxItems: 1_000 }) },
  { title: 'Password', description: 'User and password (RFC 7617). The Authorization header is taken out before the origin sees the request.' }
)

export const ForwardAuthorization = strictObject(
  {
    url: Type.String({ title: 'URL', description: 'Where it is asked with GET, without credentials and fragment: 2xx lets the request through, other answers below 500 go to the client as they are, and everything else is 503.', maxLength: 2048, format: 'service-url' }),
    timeoutMs: integer({ title: 'Timeout', description: 'How long an answer may take.', unit: 'ms', default: 5_000, minimum: 1, maximum: 60_000 }),
    requestHeaders: Type.Array(token(128), { title: 'Request headers', description: 'Headers of the request that it is shown.', default: ['Authorization', 'Cookie', 'Accept', 'Origin', 'User-Agent'], maxItems: 64 }),
    copyHeaders: Type.Array(token(128), { title: 'Copied headers', description: 'Headers of its answer that the origin gets. What a client sends under these names is taken out. None that frames a message, belongs to a connection or is written by the gateway.', default: [], maxItems: 64 }),
    maxConcurrent: integer({ title: 'Concurrency', description: 'Questions of one thread that may be open at a time; more requests are answered 503.', default: 100, minimum: 1, maximum: 10_000 })
  },
  { title: 'Forward', description: 'Another service decides.' }
)

/** The ways to find out who asks; a policy has exactly one of them. */
export const AUTHORIZATION_WAYS = ['anonymous', 'jwt', 'apiKey', 'basic', 'forward'] as const
export type AuthorizationWay = (typeof AUTHORIZATION_WAYS)[number]

export const Authorization = strictObject(
  {
    anonymous: Type.Optional(Type.Literal(true, { title: 'Anonymous', description: 'Everybody whose address may.' })),
    jwt: Type.Optional(JwtAuthorization),
    apiKey: Type.Optional(ApiKeyAuthorization),
    basic: Type.Optional(BasicAuthorization),
    forward: Type.Optional(ForwardAuthorization),
    ipAllow: ranges('Allowed addresses', 'Only these clients; empty: all. A range of IPv6 holds no IPv4 address: everybody is 0.0.0.0/0 together with ::/0.'),
    ipDeny: ranges('Denied addresses', 'Never these clients; goes before the allowed ones. A range of IPv6 holds no IPv4 address: everybody is 0.0.0.0/0 together with ::/0.'),
    realm: Type.String({ title: 'Realm', description: 'Named to clients that are asked for credentials.', default: 'gateway', pattern: '^[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]{1,128}$', form: 'printable ASCII without quotes and backslashes', maxLength: 128 }),
    reauthorize: flag('Reauthorize', 'Look again at who has a WebSocket open, and close it with 1008 when they may no longer: when the token expires, and each interval.', false),
    reauthorizeSeconds: integer({ title: 'Interval', description: 'Time between two looks.', unit: 's', default: 60, minimum: 1, maximum: 86_400 })
  },
  { title: 'Authorization', description: 'Who may come in: exactly one of anonymous, jwt, apiKey, basic and forward, together with addresses.' }
)
export type Authorization = Type.Static<typeof Authorization>
export type JwtAuthorization = Type.Static<typeof JwtAuthorization>
export type ApiKeyAuthorization = Type.Static<typeof ApiKeyAuthorization>
export type BasicAuthorization = Type.Static<typeof BasicAuthorization>
export type ForwardAuthorization = Type.Static<typeof ForwardAuthorization>
