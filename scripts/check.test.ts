import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { projectRoot } from './project-root.ts'

let folder: string

before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-check-'))
  symlinkSync(path.join(projectRoot, 'node_modules'), path.join(folder, 'node_modules'))
  for (const file of ['package.json', 'tsconfig.json', '.oxlintrc.json']) copyFileSync(path.join(projectRoot, file), path.join(folder, file))
})

after(() => rmSync(folder, { recursive: true, force: true }))

function plant(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

function runTool(program: string, args: readonly string[]): string {
  return spawnSync(process.execPath, [path.join(projectRoot, program), ...args], { cwd: folder, encoding: 'utf8' }).stdout
}

const IMPORTED = {
  'shared/value.ts': 'export const value = 1\nexport type Value = number\n',
  'server/value.ts': 'export const value = 1\n',
  'db/value.ts': 'export const value = 1\n',
  'workers/value.ts': 'export const value = 1\nexport type Value = number\n',
  'workers/control/value.ts': 'export type Value = number\n',
  'workers/proxy/value.ts': 'export type Value = number\n',
  'scripts/services/value.ts': 'export const value = 1\n',
  'scripts/value.ts': 'export const value = 1\n',
  'shared/value.test.ts': 'export const value = 1\n'
}

/** A file that imports what it must not, and the rule that must say so. */
const WRONG: [rule: string, file: string, text: string][] = [
  ['shared-imports', 'shared/a.ts', "import '../server/value.ts'\n"],
  ['db-imports', 'db/a.ts', "import '../server/value.ts'\n"],
  ['server-imports', 'server/a.ts', "import { value } from '../scripts/value.ts'\nexport const a = value\n"],
  ['workers-imports', 'workers/a.ts', "import '../db/value.ts'\n"],
  ['admin-svelte-imports', 'admin-svelte/src/a.ts', "import type { Value } from '../../workers/value.ts'\nexport type A = Value\n"],
  ['tests-reach-only-services', 'db/a.test.ts', "import '../scripts/value.ts'\n"],
  ['browser-tests-reach-the-system', 'admin-svelte/tests/a.test.ts', "import '../../scripts/value.ts'\n"],
  ['parts-meet-in-shared', 'server/a.test.ts', "import '../workers/value.ts'\n"],
  ['shared-is-pure', 'shared/b.ts', "import type { Socket } from 'node:net'\nexport type B = Socket\n"],
  ['page-runs-in-the-browser', 'admin-svelte/src/b.ts', "import 'node:fs'\n"],
  ['control-not-proxy', 'workers/control/a.ts', "import type { Value } from '../proxy/value.ts'\nexport type A = Value\n"],
  ['proxy-not-control', 'workers/proxy/a.ts', "import type { Value } from '../control/value.ts'\nexport type A = Value\n"],
  ['no-test-in-product', 'server/b.ts', "import '../shared/value.test.ts'\n"],
  ['no-development-package', 'workers/b.ts', "import 'vite'\n"],
  ['only-listed-packages', 'server/c.ts', "import 'lodash'\n"],
  ['command-line-speaks-to-the-api', 'scripts/gateway/a.ts', "import '../../server/value.ts'\n"],
  ['resolvable', 'server/d.ts', "import './missing.ts'\n"],
  ['no-cycle', 'server/ring-one.ts', "import type { Two } from './ring-two.ts'\nexport type One = Two\n"]
]

const RIGHT: Record<string, string> = {
  'server/ring-two.ts': "import type { One } from './ring-one.ts'\nexport type Two = One\n",
  'server/right.ts': "import { value } from '../shared/value.ts'\nimport '../db/value.ts'\nimport 'node:fs'\nimport 'pino'\nexport const right = value\n",
  'workers/right.test.ts': "import '../scripts/services/value.ts'\nimport 'node:test'\n",
  'admin-svelte/src/right.ts': "import { value } from '../../shared/value.ts'\nexport const right = value\n",
  'scripts/gateway/right.ts': "import '../../shared/value.ts'\n",
  'scripts/right.ts': "import '../server/value.ts'\nimport '../workers/value.ts'\nimport 'vite'\n"
}

interface Cruise { summary: { violations: { from: string; to: string; rule: { name: string } }[] } }

test('each import rule refuses its violation, and nothing else is refused', () => {
  plant({ ...IMPORTED, ...RIGHT, ...Object.fromEntries(WRONG.map(([, file, text]) => [file, text])) })
  const output = runTool('node_modules/dependency-cruiser/bin/dependency-cruise.mjs', [
    '--config', path.join(projectRoot, '.dependency-cruiser.mjs'), '--output-type', 'json', 'shared', 'db', 'server', 'workers', 'admin-svelte', 'scripts'
  ])
  const { violations } = (JSON.parse(output) as Cruise).summary
  const found = violations.map(({ rule, from }) => `${rule.name} ${from}`)
  for (const [rule, file] of WRONG) assert.ok(found.includes(`${rule} ${file}`), `${rule} says nothing about ${file}; found: ${found.join(', ')}`)
  const planted = new Set(WRONG.map(([, file]) => file))
  assert.deepEqual(violations.filter(({ from }) => !planted.has(from) && from !== 'server/ring-two.ts'), [])
})

/** A file and the lint rule that must refuse it. */
const LINTED: [rule: string, file: string, text: string][] = [
  ['no-floating-promises', 'server/e.ts', 'async function work(): Promise<void> {}\nexport function start(): void {\n  work()\n}\n'],
  ['no-console', 'server/f.ts', "console.log('x')\n"],
  ['no-unused-vars', 'server/g.ts', 'const unused = 1\nexport const used = 2\n'],
  ['no-default-export', 'server/h.ts', 'export default 1\n'],
  ['max-lines', 'server/i.ts', `export const x = 1\n${'\n'.repeat(300)}`],
  ['max-lines', 'server/i.test.ts', `export const x = 1\n${'\n'.repeat(600)}`],
  ['max-lines-per-function', 'server/j.ts', `export function long(): void {\n${'  Math.max(1)\n'.repeat(60)}}\n`],
  ['eqeqeq', 'server/k.ts', 'export const same = (a: number, b: number): boolean => a == b\n'],
  ['no-explicit-any', 'server/l.ts', 'export const any: any = 1\n']
]

test('each lint rule refuses its violation', () => {
  plant({ ...Object.fromEntries(LINTED.map(([, file, text]) => [file, text])), 'scripts/talks.ts': "console.log('x')\n" })
  const lines = runTool('node_modules/oxlint/bin/oxlint', ['-f', 'unix', 'server', 'scripts/talks.ts']).split('\n')
  for (const [rule, file] of LINTED) {
    assert.ok(lines.some((line) => line.startsWith(`${file}:`) && line.includes(`(${rule})`)), `${rule} says nothing about ${file}: ${lines.filter((line) => line.startsWith(file)).join(' ')}`)
  }
  assert.deepEqual(lines.filter((line) => line.startsWith('scripts/')), [])
})
