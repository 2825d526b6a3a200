import Type from 'typebox'
import { integer, line, strictObject } from './field.ts'
import { commonFields } from './resource.ts'
import { SecretName } from './secret.ts'

/** Signatures by a key pair. */
const TOKEN_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

/** Signatures by one secret that whoever verifies has too. */
const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const

const claim = (title: string, description: string, value: string) => Type.String({ title, description, default: value, minLength: 1, maxLength: 128 })

/** Who issues tokens (JWT, RFC 7519) that say which user and which tenant a request is of. */
export const Provider = strictObject(
  {
    ...commonFields,
    issuer: line(1024, { title: 'Issuer', description: 'The exact "iss" of its tokens.' }),
    audiences: Type.Array(line(1024), { title: 'Audiences', description: 'A token must be for one of these ("aud").', minItems: 1, maxItems: 32, uniqueItems: true }),
    algorithms: Type.Array(Type.Enum([...TOKEN_ALGORITHMS, ...SECRET_ALGORITHMS]), { title: 'Algorithms', description: 'Signatures that are taken: by key pairs, or, with a secret, by HS256, HS384 and HS512 only.', default: [...TOKEN_ALGORITHMS], minItems: 1, maxItems: TOKEN_ALGORITHMS.length, uniqueItems: true }),
    jwksUrl: Type.Optional(Type.String({ title: 'Key set URL', description: 'Where its public keys are (JWKS, RFC 7517); fetched in the background. Exactly one of this, a key and a secret.', pattern: '^https?://[\\x21-\\x7e]+$', form: 'an http or https URL', maxLength: 2048 })),
    key: Type.Optional(Type.String({ title: 'Key', description: 'Its one public key, as PEM (SPKI) or JWK.', minLength: 1, maxLength: 16_384 })),
    secretName: Type.Optional(Type.String({ ...SecretName, title: 'Secret', description: 'Name of the secret that its tokens are signed with, for HS256, HS384 and HS512.' })),
    userClaim: claim('User claim', 'Claim that names the user.', 'sub'),
    tenantClaim: claim('Tenant claim', "Claim that holds the tenant's code; a user without it has no tenant.", 'tenant_code'),
    from: Type.String({ title: 'From', description: 'Where requests carry the token: bearer (the Authorization header) or cookie:NAME.', default: 'bearer', pattern: "^(bearer|cookie:[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128})$", form: 'bearer or cookie:NAME', maxLength: 140 }),
    clockSkewSeconds: integer({ title: 'Clock skew', description: 'How far clocks may be apart.', unit: 's', default: 30, maximum: 600 })
  },
  { title: 'Identity provider', description: 'Issues the tokens that say which user and tenant a request is of.' }
)
export type Provider = Type.Static<typeof Provider>
