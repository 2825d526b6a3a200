import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readCommandLine } from './command-line.ts'
import { configDocument } from './generate/config-document.ts'
import { projectRoot } from './project-root.ts'

const HELP = `npm run generate             writes the documents that are made from the code
npm run generate -- --check  only compares; ends with 1 when one is out of date`

const { flags } = readCommandLine(HELP, ['check'])
const NOTE = '<!-- Made by `npm run generate`; changes made here are lost. -->\n\n'

const documents: Record<string, () => string | Promise<string>> = {
  'docs/CONFIG.md': configDocument
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
