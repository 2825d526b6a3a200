import { isPassedOn } from '../http1/field-kind.ts'
import { mayBeCopied } from '../policies/copied-header.ts'
import { AUTHORIZATION_WAYS } from '../schema/authorization.ts'
import { type Policy, POLICY_KINDS } from '../schema/policy.ts'
import { type DecodeContext, report } from './decode-context.ts'
import type { Loose } from './loose.ts'

type Credential = { name?: string | undefined; hash?: string | undefined; secretName?: string | undefined }

/** Checks across the fields of a policy. */
export function refinePolicy(policy: Loose<Policy>, context: DecodeContext): void {
  const about = POLICY_KINDS.filter((kind) => kind in policy)
  if (about.length !== 1) report(context, 'exactly_one_kind', `a policy has exactly one of ${POLICY_KINDS.join(', ')}; ${about.length === 0 ? 'none is given' : `${about.join(' and ')} are given`}`)
  if (policy.authorization !== undefined) refineAuthorization(policy.authorization, context)
  if (policy.cors !== undefined) refineCors(policy.cors, context)
  if (policy.rateLimiter !== undefined) refineRateLimiter(policy.rateLimiter, context)
}

function refineAuthorization(authorization: Loose<NonNullable<Policy['authorization']>>, context: DecodeContext): void {
  context.path.push('authorization')
  const ways = AUTHORIZATION_WAYS.filter((way) => way in authorization)
  if (ways.length !== 1) report(context, 'exactly_one_way', `authorization has exactly one of ${AUTHORIZATION_WAYS.join(', ')}; ${ways.length === 0 ? 'none is given' : `${ways.join(' and ')} are given`}`)
  const { apiKey, basic, forward } = authorization
  if (apiKey !== undefined && 'header' in apiKey === 'query' in apiKey) report(context, 'exactly_one_place', 'apiKey has exactly one of header and query', 'apiKey')
  if (apiKey?.header !== undefined && !isPassedOn(apiKey.header)) report(context, 'invalid_value', `header: a key in ${apiKey.header} would not reach this policy; use another header`, 'apiKey', 'header')
  refineCredentials(apiKey?.keys, ['apiKey', 'keys'], context)
  refineCredentials(basic?.users, ['basic', 'users'], context)
  for (const [index, { name, hash } = {}] of (apiKey?.keys ?? []).entries()) {
    if (hash !== undefined && apiKey!.keys!.findIndex((other) => other?.hash === hash) !== index) report(context, 'duplicate_value', `the key "${name}" has the hash of another key`, 'apiKey', 'keys', index, 'hash')
  }
  for (const [index, name] of (forward?.copyHeaders ?? []).entries()) {
    if (name !== undefined && !mayBeCopied(name)) report(context, 'invalid_value', `copyHeaders: ${name} is written by the gateway itself; take it out, or let the service say it under another name`, 'forward', 'copyHeaders', index)
  }
  context.path.pop()
}

function refineCredentials(list: readonly (Credential | undefined)[] | undefined, path: string[], context: DecodeContext): void {
  const names = new Set<string>()
  for (const [index, credential] of (list ?? []).entries()) {
    if (credential === undefined) continue
    if ('hash' in credential === 'secretName' in credential) report(context, 'exactly_one_credential', 'exactly one of hash and secretName is needed', ...path, index)
    if (credential.name === undefined) continue
    if (names.has(credential.name)) report(context, 'duplicate_value', `"${credential.name}" is there twice`, ...path, index, 'name')
    names.add(credential.name)
  }
}

/** Browsers refuse such answers (Fetch standard, section 3.2.5), and what a page of any origin may do with a user's cookies nobody means. */
function refineCors({ origins, methods, headers, exposed, credentials }: Loose<NonNullable<Policy['cors']>>, context: DecodeContext): void {
  if (credentials !== true) return
  for (const [field, list] of Object.entries({ origins, methods, headers, exposed })) {
    const at = (list ?? []).indexOf('*')
    if (at !== -1) report(context, 'invalid_value', `${field}: * does not go together with credentials; name them`, 'cors', field, at)
  }
}

function refineRateLimiter({ algorithm, burst }: Loose<NonNullable<Policy['rateLimiter']>>, context: DecodeContext): void {
  if (algorithm === 'slidingWindow' && burst !== undefined && burst !== 0) report(context, 'invalid_value', 'burst is for tokenBucket only; leave it out', 'rateLimiter', 'burst')
}
