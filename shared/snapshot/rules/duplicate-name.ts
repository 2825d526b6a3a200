import { errorIssue, type Issue } from '../../schema/issue.ts'
import { DRAFTED_KINDS } from '../../schema/resource.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Names are unique per kind and tenant, letter case ignored; ids are unique per kind. */
export function duplicateName(content: SnapshotContent): Issue[] {
  const issues: Issue[] = []
  for (const kind of DRAFTED_KINDS) {
    const names = new Set<string>()
    const ids = new Set<string>()
    for (const [index, resource] of content[kind].entries()) {
      const tenant = 'tenantCode' in resource ? resource.tenantCode : undefined
      const name = JSON.stringify([tenant ?? '', resource.name.toLowerCase()])
      if (names.has(name)) issues.push(errorIssue(`/${kind}/${index}/name`, 'duplicate_name', `"${resource.name}" is the name of another of the ${kind} too; letter case is ignored`))
      if (ids.has(resource.id)) issues.push(errorIssue(`/${kind}/${index}/id`, 'duplicate_id', `${resource.id} is the id of another of the ${kind} too`))
      names.add(name)
      ids.add(resource.id)
    }
  }
  return issues
}
