import { fieldValue, withoutField } from '../transforms/header-lines.ts'
import type { TokenIdentity } from './token-identity.ts'

/** Whose a request is, as routes, transforms and affinity see it. */
export interface RequestIdentity {
  user: string
  tenant: string
  /** How the tenant is known; '' where there is none. */
  tenantSource: 'token' | 'header' | ''
}

/** What of a listener says how a tenant names itself. */
export interface TenantRule {
  /** Lower-case name of the header. */
  readonly tenantHeader: string
  readonly acceptsTenantFrom: 'any' | 'trustedProxies' | 'nobody'
}

interface TenantFields {
  fields: string
  forwarding: string
  /** Of X-Tenant-Code. */
  tenantCode: string
}

const TENANT_CODE = /^[\x21-\x7e]{1,128}$/
const OWN_HEADER = 'x-tenant-code'

/**
 * Fills in who sends the request. A verified user has the tenant of the token, or none; without a token the header counts; an
 * invalid token makes the request anonymous, and its header counts for nothing. What a client says about its tenant is taken
 * out of the fields: the origin hears it from the gateway. `fromTrusted`: the request comes from a trusted proxy.
 */
export function identify(token: TokenIdentity, rule: TenantRule, fromTrusted: boolean, head: TenantFields, identity: RequestIdentity): void {
  const claimed = rule.tenantHeader === OWN_HEADER ? head.tenantCode : takeOut(rule.tenantHeader, head)
  identity.user = token.user
  identity.tenant = token.tenant
  identity.tenantSource = token.tenant === '' ? '' : 'token'
  const accepts = rule.acceptsTenantFrom === 'any' || (fromTrusted && rule.acceptsTenantFrom === 'trustedProxies')
  if (token.state !== 'none' || !accepts || claimed === '' || !TENANT_CODE.test(claimed)) return
  identity.tenant = claimed
  identity.tenantSource = 'header'
}

/** Moves the header to those that are not copied. Its values joined by ", ". */
function takeOut(name: string, head: TenantFields): string {
  const value = fieldValue(head.fields, name)
  if (value === null) return ''
  head.fields = withoutField(head.fields, name)
  head.forwarding += `${name}: ${value}\r\n`
  return value
}
