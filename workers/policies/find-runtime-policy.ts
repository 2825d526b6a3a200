import { policyKey } from '../../shared/policies/find-policy.ts'
import type { FindRuntimePolicy } from './build-admission.ts'
import type { RuntimePolicy } from './runtime-policy.ts'

/** Looks for policies by tenant and name, as publishing does. */
export function findRuntimePolicy(policies: ReadonlyMap<string, RuntimePolicy>): FindRuntimePolicy {
  let book: Map<string, RuntimePolicy> | null = null
  return (tenantCode, name) => {
    book ??= new Map([...policies.values()].map((policy) => [policyKey(policy.tenantCode, policy.name), policy]))
    const own = tenantCode === undefined ? undefined : book.get(policyKey(tenantCode, name))
    return own ?? book.get(policyKey(undefined, name))
  }
}
