import { type DraftedKind, KIND_PATHS } from '../../shared/schema/resource.ts'
import { Listener } from '../../shared/schema/listener.ts'
import { Policy } from '../../shared/schema/policy.ts'
import { Provider } from '../../shared/schema/provider.ts'
import { Route } from '../../shared/schema/route.ts'
import { SCHEMA_VERSION } from '../../shared/schema/snapshot.ts'
import { TlsPolicy } from '../../shared/schema/tls-policy.ts'
import { Upstream } from '../../shared/schema/upstream.ts'
import { exampleOf } from './config-examples.ts'
import { listFields, markdownTable } from './schema-fields.ts'
import type { Schema } from './schema-fields.ts'

const INTRODUCTION = `# Configuration

Every field of every resource, as the REST API, the admin page and the snapshots know it. A field without \`required\`
may be left out; where a default stands, that is its value then. A field that is not listed here is an error. Durations
and sizes are numbers in the unit of the Type column.

An item of a list is written \`[]\`; where a value has several forms, the form's name stands in brackets. Examples are parts of whole resources that are taken as they stand.`

/** docs/CONFIG.md. */
export function configDocument(): string {
  const kinds: [string, DraftedKind, Schema][] = [
    ['Listener', 'listeners', Listener as Schema],
    ['Upstream', 'upstreams', Upstream as Schema],
    ['Route', 'routes', Route as Schema],
    ['Identity provider', 'providers', Provider as Schema],
    ['TLS policy', 'tlsPolicies', TlsPolicy as Schema],
    ['Policy', 'policies', Policy as Schema]
  ]
  const sections = kinds.map(([title, plural, schema]) => {
    const rows = listFields(schema).map((field) => [`\`${field.path}\``, field.type, field.preset, field.limits, field.description, shown(exampleOf(plural, field.path))])
    return `## ${title}\n\n${schema.description ?? ''} REST: \`/api/v1/${KIND_PATHS[plural]}\`.\n\n${markdownTable(['Field', 'Type', 'Default', 'Limits', 'What it is', 'Example'], rows)}`
  })
  return `${INTRODUCTION}\n\nVersion of the snapshot's content: ${SCHEMA_VERSION}.\n\n${sections.join('\n\n')}\n`
}

/** An example in one cell of a table; of what has fields of its own these have the examples. */
function shown(example: unknown): string {
  const isLeaf = typeof example !== 'object' || example === null || (Array.isArray(example) && example.every((item) => typeof item !== 'object'))
  const isMap = !isLeaf && !Array.isArray(example) && Object.values(example as object).every((value) => typeof value === 'string')
  return isLeaf || isMap ? `\`${JSON.stringify(example).replaceAll('|', '\\|')}\`` : ''
}
