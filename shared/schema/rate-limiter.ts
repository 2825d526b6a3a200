import Type from 'typebox'
import { integer, strictObject, words } from './field.ts'

/** How often: `limit` requests in `windowSeconds` for each key. */
export const RateLimiter = strictObject(
  {
    algorithm: words(['tokenBucket', 'slidingWindow'], { title: 'Algorithm', description: 'tokenBucket refills evenly and lets a burst through; slidingWindow weighs the window before against this one.', default: 'tokenBucket' }),
    limit: Type.Integer({ title: 'Limit', description: 'Requests in each window.', minimum: 1, maximum: 1_000_000 }),
    windowSeconds: integer({ title: 'Window', description: 'Length of the window.', unit: 's', default: 60, minimum: 1, maximum: 86_400 }),
    burst: integer({ title: 'Burst', description: 'Requests that a token bucket holds; 0 means the limit.', default: 0, maximum: 1_000_000 }),
    key: Type.String({ title: 'Key', description: 'What is counted apart: ip, user, tenant, route, or header:NAME. Without a user, a tenant of a verified token or the header it is the address of the client; a tenant that is only named in a header does not count.', default: 'ip', pattern: "^(ip|user|tenant|route|header:[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128})$", form: 'ip, user, tenant, route or header:NAME', maxLength: 140 }),
    scope: words(['node', 'fleet'], { title: 'Scope', description: 'node counts on each node by itself; fleet over all nodes, by Redis.', default: 'node' }),
    onRedisDown: words(['local', 'allow', 'deny'], { title: 'Without Redis', description: 'What a fleet limit does while Redis is away: local counts on each node by itself, allow lets everything through, deny answers 503. Where Redis answers, but more requests wait for it than may, these are answered 503 whatever it says.', default: 'local' })
  },
  { title: 'Rate limiter', description: 'How often a request may come; more is answered 429.' }
)
export type RateLimiter = Type.Static<typeof RateLimiter>
