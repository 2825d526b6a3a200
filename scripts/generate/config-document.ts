import { Listener } from '../../shared/schema/listener.ts'
import { Route } from '../../shared/schema/route.ts'
import { SCHEMA_VERSION } from '../../shared/schema/snapshot.ts'
import { Upstream } from '../../shared/schema/upstream.ts'
import { listFields, markdownTable } from './schema-fields.ts'
import type { Schema } from './schema-fields.ts'

const INTRODUCTION = `# Configuration

Every field of every resource, as the REST API, the admin page and the snapshots know it. A field without \`required\`
may be left out; where a default stands, that is its value then. A field that is not listed here is an error. Durations
and sizes are numbers in the unit of the Type column.

An item of a list is written \`[]\`; where a value has several forms, the form's name stands in brackets.`

/** docs/CONFIG.md. */
export function configDocument(): string {
  const kinds: [string, string, Schema][] = [
    ['Listener', 'listeners', Listener as Schema],
    ['Upstream', 'upstreams', Upstream as Schema],
    ['Route', 'routes', Route as Schema]
  ]
  const sections = kinds.map(([title, plural, schema]) => {
    const rows = listFields(schema).map((field) => [`\`${field.path}\``, field.type, field.preset, field.limits, field.description])
    return `## ${title}\n\n${schema.description ?? ''} REST: \`/api/v1/${plural}\`.\n\n${markdownTable(['Field', 'Type', 'Default', 'Limits', 'What it is'], rows)}`
  })
  return `${INTRODUCTION}\n\nVersion of the snapshot's content: ${SCHEMA_VERSION}.\n\n${sections.join('\n\n')}\n`
}
