import { errorIssue, hasErrors, type Issue } from '../../shared/schema/issue.ts'
import { DRAFTED_KINDS, type DraftedKind } from '../../shared/schema/resource.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { isOwn, type TenantScope } from './tenant-scope.ts'
import { contentWithin, visibleIds } from './visible-content.ts'

type Check = (content: SnapshotContent) => Promise<Issue[]>

interface Finding {
  issue: Issue
  /** Of the resource that it is about; empty: of none. */
  id: string
  /** Pointer into that resource. */
  rest: string
}

/**
 * The issues of a content about the resources of a scope, with pointers into what the scope sees of it. Their words may
 * name other tenants, so only those are kept that the check says of the visible part alone, too; of the others stays the
 * code. Errors elsewhere are told as one, because they stand in the way all the same.
 */
export async function scopedIssues(check: Check, content: SnapshotContent, scope: TenantScope): Promise<Issue[]> {
  // Concerns every tenant and has no place among what is visible, but listeners name it.
  const visible = { ...contentWithin(content, visibleIds(content, scope)), tlsPolicies: content.tlsPolicies, providers: content.providers }
  const [all, own] = [(await check(content)).map((issue) => findingOf(content, issue)), (await check(visible)).map((issue) => findingOf(visible, issue))]
  const places = placesOf(visible, scope)
  const words = new Map(own.map((finding) => [keyOf(finding), finding.issue.message]))
  const told = toldOf(all, places, (finding) => words.get(keyOf(finding)) ?? `${finding.issue.code}: it meets something outside of your tenants; ask an admin`)
  const elsewhere = all.filter(({ issue, id }) => issue.severity === 'error' && !places.has(id)).length
  return elsewhere === 0 ? told : [...told, errorIssue('', 'outside_grant', `${elsewhere} error${elsewhere === 1 ? '' : 's'} outside of your tenants; ask an admin to mend that`)]
}

/**
 * The same for issues of a content that somebody else found, such as a data node: which words name others cannot be known, so
 * of those about the scope's own resources place and code are told, and of all others how many they are.
 */
export function foundIssues(content: SnapshotContent, scope: TenantScope): (issues: readonly Issue[]) => Issue[] {
  const places = placesOf(contentWithin(content, visibleIds(content, scope)), scope)
  return (issues) => {
    const found = issues.map((issue) => findingOf(content, issue))
    const elsewhere = found.filter(({ id }) => !places.has(id)).map(({ issue }) => issue)
    const told = toldOf(found, places, ({ issue }) => `${issue.code}: ask an admin for the words of it`)
    if (elsewhere.length === 0) return told
    const count = `${elsewhere.length} issue${elsewhere.length === 1 ? '' : 's'} outside of your tenants; ask an admin to mend that`
    return [...told, { path: '', code: 'outside_grant', message: count, severity: hasErrors(elsewhere) ? 'error' : 'warning' }]
  }
}

/** Those about resources that have a place. */
function toldOf(findings: readonly Finding[], places: ReadonlyMap<string, string>, wordsOf: (finding: Finding) => string): Issue[] {
  return findings.flatMap((finding) => {
    const place = places.get(finding.id)
    return place === undefined ? [] : [{ ...finding.issue, path: place + finding.rest, message: wordsOf(finding) }]
  })
}

function placesOf(visible: SnapshotContent, scope: TenantScope): Map<string, string> {
  const own = (kind: 'routes' | 'upstreams' | 'policies') => visible[kind].flatMap(({ id, tenantCode }, index): [string, string][] => (isOwn(scope, tenantCode) ? [[id, `/${kind}/${index}`]] : []))
  return new Map([...own('routes'), ...own('upstreams'), ...own('policies')])
}

function findingOf(content: SnapshotContent, issue: Issue): Finding {
  const [, kind = '', index = '', rest = ''] = /^\/([A-Za-z]+)\/(\d+)(.*)$/s.exec(issue.path) ?? []
  const id = isKind(kind) ? content[kind][Number(index)]?.id : undefined
  return { issue, id: id ?? '', rest }
}

function isKind(text: string): text is DraftedKind {
  return DRAFTED_KINDS.some((kind) => kind === text)
}

function keyOf({ issue, id, rest }: Finding): string {
  return [id, rest, issue.code, issue.severity].join(' ')
}
