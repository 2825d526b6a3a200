import { errorIssue, type Issue } from '../../schema/issue.ts'
import { Listener } from '../../schema/listener.ts'
import { Policy } from '../../schema/policy.ts'
import { Provider } from '../../schema/provider.ts'
import { DRAFTED_KINDS, type DraftedKind, KIND_NOUNS } from '../../schema/resource.ts'
import { Route } from '../../schema/route.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'
import { TlsPolicy } from '../../schema/tls-policy.ts'
import { Upstream } from '../../schema/upstream.ts'
import { canonicalJson } from '../canonical.ts'
import { compileDecoder } from '../compile-decoder.ts'
import { jsonPointer } from '../decode-context.ts'
import type { SchemaNode } from '../schema-node.ts'
import { type Support, SUPPORTED_FIELDS } from './supported-fields.ts'

/** Tells the path of a value that cannot be served yet, and what may stand there instead. */
type Report = (path: (string | number)[], allowed: string) => void
type Check = (value: unknown, path: (string | number)[], report: Report) => void

/** An error for every value that is set away from its default and whose behaviour is not built: never served as if it were not there. */
export function notYetSupported(content: SnapshotContent, checks = CHECKS): Issue[] {
  const issues: Issue[] = []
  for (const kind of DRAFTED_KINDS) {
    for (const [index, resource] of content[kind].entries()) {
      checks[kind](resource, [], (path, allowed) => {
        const pointer = jsonPointer([kind, index, ...path])
        issues.push(errorIssue(pointer, 'not_yet_supported', `${KIND_NOUNS[kind]} "${resource.name}": this value of ${path.join('.')} is not supported yet; ${allowed}`))
      })
    }
  }
  return issues
}

type Checks = Readonly<Record<DraftedKind, Check>>

/** The checks of a table of fields that are built. */
export function checksOf(supported: Readonly<Record<DraftedKind, Readonly<Record<string, Support>>>>): Checks {
  const of = (kind: DraftedKind): Check => checkOf(SCHEMAS[kind] as SchemaNode, supported[kind], '')
  return Object.fromEntries(DRAFTED_KINDS.map((kind) => [kind, of(kind)])) as unknown as Checks
}

const SCHEMAS = { listeners: Listener, upstreams: Upstream, routes: Route, providers: Provider, tlsPolicies: TlsPolicy, policies: Policy }
const CHECKS = checksOf(SUPPORTED_FIELDS)

/** Follows the schema down to the fields that the table names; where it names none, the value must be the default. */
function checkOf(node: SchemaNode, supported: Readonly<Record<string, Support>>, place: string): Check {
  const support = supported[place]
  if (support !== undefined) return checkSupport(support)
  const hasFieldsBelow = Object.keys(supported).some((name) => place === '' || name.startsWith(place + '/'))
  if (node.properties !== undefined && (hasFieldsBelow || node.default !== undefined)) return checkFields(node.properties, supported, place)
  if (node.items !== undefined && hasFieldsBelow) return checkItems(checkOf(node.items, supported, below(place, '*')))
  return checkDefault(node)
}

function checkFields(properties: Record<string, SchemaNode>, supported: Readonly<Record<string, Support>>, place: string): Check {
  const checks = Object.entries(properties).map(([name, node]) => [name, checkOf(node, supported, below(place, name))] as const)
  return (value, path, report) => {
    const fields = value as Record<string, unknown>
    for (const [name, check] of checks) {
      if (fields[name] === undefined) continue
      path.push(name)
      check(fields[name], path, report)
      path.pop()
    }
  }
}

function checkItems(check: Check): Check {
  return (value, path, report) => {
    for (const [index, item] of (value as unknown[]).entries()) {
      path.push(index)
      check(item, path, report)
      path.pop()
    }
  }
}

function checkSupport(support: Support): Check {
  if (support === true) return () => {}
  const allowed = `it can be ${support.map((value) => JSON.stringify(value)).join(' or ')}`
  return (value, path, report) => support.includes(value) || report(path, allowed)
}

function checkDefault(node: SchemaNode): Check {
  if (node.default === undefined) return (_value, path, report) => report(path, 'leave it out')
  const decoded = compileDecoder(node as never)(node.default)
  const normal = canonicalJson(decoded.ok ? decoded.value : node.default)
  return (value, path, report) => value === node.default || canonicalJson(value) === normal || report(path, `leave it out, or at ${normal}`)
}

function below(place: string, name: string): string {
  return place === '' ? name : `${place}/${name}`
}
