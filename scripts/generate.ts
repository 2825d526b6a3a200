import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { connect } from '../db/connect.ts'
import { migrate } from '../db/migrate.ts'
import { endpoints } from '../server/api/endpoints.ts'
import { buildOpenApi } from '../server/openapi/openapi.ts'
import { readCommandLine } from './command-line.ts'
import { apiDocument } from './generate/api-document.ts'
import type { OpenApi } from './generate/api-document.ts'
import { cliDocument } from './generate/cli-document.ts'
import { configDocument } from './generate/config-document.ts'
import { schemaDocument } from './generate/schema-document.ts'
import { projectRoot } from './project-root.ts'
import { createTestDatabase } from './services/test-database.ts'

const HELP = `npm run generate             writes the documents that are made from the code
npm run generate -- --check  only compares; ends with 1 when one is out of date`

const { flags } = readCommandLine(HELP, ['check'])
const NOTE = '<!-- Made by `npm run generate`; changes made here are lost. -->\n\n'

const documents: Record<string, () => string | Promise<string>> = {
  'docs/CONFIG.md': configDocument,
  'docs/CLI.md': cliDocument,
  'docs/API.md': () => apiDocument(buildOpenApi(endpoints) as OpenApi),
  'docs/SCHEMA.md': migratedSchemaDocument
}

for (const [name, make] of Object.entries(documents)) {
  const file = path.join(projectRoot, name)
  const wanted = NOTE + await make()
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue
  if (flags.check) {
    console.error(`${name} is out of date; run: npm run generate`)
    process.exitCode = 1
  } else {
    writeFileSync(file, wanted)
    console.log(`wrote ${name}`)
  }
}

async function migratedSchemaDocument(): Promise<string> {
  const database = await createTestDatabase()
  const sequelize = connect({ url: database.url })
  try {
    await migrate(sequelize)
    return await schemaDocument(database.url)
  } finally {
    await sequelize.close()
    await database.drop()
  }
}
