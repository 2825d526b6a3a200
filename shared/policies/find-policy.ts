import { NO_POLICY, POLICY_FIELDS, type Policy, type PolicyField } from '../schema/policy.ts'
import type { Route } from '../schema/route.ts'
import type { Identified } from '../schema/snapshot.ts'

/** Policies by tenant and name, letter case ignored; see policyBook(). */
export type PolicyBook = ReadonlyMap<string, Identified<Policy>>

const FIELDS = Object.keys(POLICY_FIELDS) as PolicyField[]

export function policyBook(policies: readonly Identified<Policy>[]): PolicyBook {
  return new Map(policies.map((policy) => [policyKey(policy.tenantCode, policy.name), policy]))
}

/** The policy that a route means by a name: that of its own tenant, else the one that all share; undefined when there is none. */
export function findPolicy(book: PolicyBook, tenantCode: string | undefined, name: string): Identified<Policy> | undefined {
  const own = tenantCode === undefined ? undefined : book.get(policyKey(tenantCode, name))
  return own ?? book.get(policyKey(undefined, name))
}

/** What the route names in this field; null where it has nothing or says so. */
export function policyNameOf(route: Pick<Route, PolicyField>, field: PolicyField): string | null {
  const name = route[field]
  return name === undefined || name.toLowerCase() === NO_POLICY[field] ? null : name
}

/** The fields in which a route names policies. */
export function namedPolicies(route: Pick<Route, PolicyField>): { field: PolicyField; name: string }[] {
  return FIELDS.flatMap((field) => {
    const name = policyNameOf(route, field)
    return name === null ? [] : [{ field, name }]
  })
}

/** A guarded route matches more spellings of its path than others, so that nobody walks round it. */
export function isGuarded(route: Pick<Route, PolicyField>): boolean {
  return policyNameOf(route, 'authorizationPolicy') !== null
}

/** Whether who passes one of two guarded routes passes the other, too. */
export function haveSameGuard(one: Pick<Route, PolicyField | 'tenantCode'>, other: Pick<Route, PolicyField | 'tenantCode'>): boolean {
  const nameOf = (route: Pick<Route, PolicyField>) => policyNameOf(route, 'authorizationPolicy')?.toLowerCase()
  return nameOf(one) === nameOf(other) && one.tenantCode === other.tenantCode
}

/** Under which a policy is found. */
export function policyKey(tenantCode: string | undefined, name: string): string {
  return `${tenantCode ?? ''} ${name.toLowerCase()}`
}
