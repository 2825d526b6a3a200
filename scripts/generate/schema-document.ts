import pg from 'pg'
import { markdownTable } from './schema-fields.ts'

interface Column { table: string; name: string; type: string; required: boolean; preset: string | null; comment: string | null }
interface Definition { table: string; name: string; definition: string }

const COLUMNS = `
  SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
         pg_get_expr(d.adbin, d.adrelid) AS preset, col_description(c.oid, a.attnum) AS comment
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  ORDER BY c.relname, a.attnum`

const TABLE_COMMENTS = `
  SELECT relname AS table, '' AS name, coalesce(obj_description(oid, 'pg_class'), '') AS definition
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname`

// PostgreSQL 18 keeps NOT NULL among the constraints, too; the columns say that already.
const CONSTRAINTS = `
  SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n' ORDER BY 1, contype DESC, 2`

const INDEXES = `
  SELECT t.relname AS table, i.relname AS name, pg_get_indexdef(x.indexrelid) AS definition
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
  WHERE t.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = x.indexrelid)
  ORDER BY 1, 2`

const TRIGGERS = `
  SELECT tgrelid::regclass::text AS table, tgname AS name, pg_get_triggerdef(oid) AS definition
  FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2`

const INTRODUCTION = `# Database

Every table of the control plane's PostgreSQL database as the migrations in \`db/migrations/\` leave it. Data nodes have no
access to it.`

/** docs/SCHEMA.md from a freshly migrated database. */
export async function schemaDocument(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const definitions = async (sql: string): Promise<Definition[]> => (await client.query<Definition>(sql)).rows
    const columns = (await client.query<Column>(COLUMNS)).rows
    const tables = await definitions(TABLE_COMMENTS)
    const [constraints, indexes, triggers] = [await definitions(CONSTRAINTS), await definitions(INDEXES), await definitions(TRIGGERS)]
    const sections = tables.map(({ table, definition }) => [
      `## ${table}`,
      ...definition === '' ? [] : [definition],
      columnTable(columns.filter((column) => column.table === table)),
      ...definitionList('Constraints', constraints, table),
      ...definitionList('Indexes', indexes, table),
      ...definitionList('Triggers', triggers, table)
    ].join('\n\n'))
    return `${INTRODUCTION}\n\n${sections.join('\n\n')}\n`
  } finally {
    await client.end()
  }
}

function columnTable(columns: readonly Column[]): string {
  return markdownTable(['Column', 'Type', 'Null', 'Default', 'What it is'], columns.map((column) => [
    `\`${column.name}\``, column.type, column.required ? 'no' : 'yes', column.preset === null ? '' : `\`${column.preset}\``, column.comment ?? ''
  ]))
}

function definitionList(title: string, all: readonly Definition[], table: string): string[] {
  const own = all.filter((definition) => definition.table === table || definition.table === `"${table}"`)
  if (own.length === 0) return []
  const lines = own.map(({ name, definition }) => `- \`${name}\`: \`${definition.replaceAll('public.', '')}\``)
  return [`${title}:`, lines.join('\n')]
}
