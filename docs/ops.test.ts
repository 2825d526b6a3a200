import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const program of ['server/web.ts', 'server/jobs.ts', 'workers/main.ts']) {
  test(`docs/OPS.md names every variable of ${program} --help`, () => {
    const help = execFileSync(process.execPath, [program, '--help'], { cwd: root, encoding: 'utf8' })
    const names = [...help.matchAll(/^ {2}([A-Z][A-Z_]+)\s/gm)].map(([, name]) => name ?? '')
    assert.ok(names.length >= 7, help)
    const text = readFileSync(path.join(root, 'docs/OPS.md'), 'utf8')
    assert.deepEqual(names.filter((name) => !text.includes(`\`${name}\``)), [])
  })
}
