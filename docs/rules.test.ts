import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const root = path.join(import.meta.dirname, '..')
const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8')

test('RULES.md has a line for every code that a rule tells, with its severity', () => {
  const rules = fs.readdirSync(path.join(root, 'shared/snapshot/rules')).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).map((name) => `shared/snapshot/rules/${name}`)
  const told = new Map<string, string>()
  for (const file of [...rules, 'server/publishing/content-issues.ts', 'server/publishing/tls-issues.ts', 'server/certificates/check-certificates.ts', 'server/secrets/check-secrets.ts']) {
    for (const [, severity = '', code = ''] of read(file).matchAll(/(error|warning)Issue\((?:[^']|'[^']*'(?=\s*[+)]))*?, '([a-z_]+)'/g)) told.set(code, severity)
  }
  const documented = new Map([...read('docs/RULES.md').matchAll(/^\| `([a-z_]+)` \| (error|warning) \|/gm)].map(([, code = '', severity = '']) => [code, severity]))
  assert.deepEqual([...documented].toSorted(), [...told].toSorted())
})
