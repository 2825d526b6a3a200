import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { projectRoot } from './project-root.ts'

let folder: string

before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-fresh-'))
  for (const file of ['package.json', 'package-lock.json', '.npmrc', 'scripts/bootstrap.mjs']) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    cpSync(path.join(projectRoot, file), path.join(folder, file))
  }
  writeFileSync(path.join(folder, 'scripts/up.ts'), "const version: string = process.version\nconsole.log('runs', version)\n")
})

after(() => rmSync(folder, { recursive: true, force: true }))

/** `npm run up` in the fresh folder, with the machine's own Node and without the project's programs on PATH. */
function up(env: NodeJS.ProcessEnv = {}) {
  const ownPath = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules')).join(':')
  const passed = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy)$/i.test(name)))
  const result = spawnSync('npm', ['run', 'up'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...passed, PATH: ownPath, HOME: path.join(folder, 'home'), ...env } })
  return { ...result, all: `${result.stdout}${result.stderr}` }
}

test('a fresh checkout installs itself once, and again when packages are missing or install scripts are switched off', () => {
  const first = up()
  assert.match(first.stdout, /runs v(2[6-9]|[3-9]\d)\./, first.all)
  assert.match(first.stderr, /installing the packages/)

  const second = up()
  assert.match(second.stdout, /runs v/, second.all)
  assert.doesNotMatch(second.stderr, /installing the packages/)

  rmSync(path.join(folder, 'node_modules'), { recursive: true })
  const third = up({ npm_config_ignore_scripts: 'true' })
  assert.match(third.stdout, /runs v(2[6-9]|[3-9]\d)\./, third.all)
  assert.match(third.stderr, /placing Node/)
})
