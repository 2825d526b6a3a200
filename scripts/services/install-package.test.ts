import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { installHint, installPackage } from './install-package.ts'
import type { PackageNames } from './install-package.ts'

const NAMES: PackageNames = { 'apt-get': ['first', 'second'], dnf: ['first'], apk: ['first'], brew: ['first'] }
const realPath = process.env.PATH
let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-install-'))
  // Only what stands here can be called; `sudo -n` just runs the rest.
  process.env.PATH = folder
  program('sudo', 'shift; "$@"')
})

afterEach(() => {
  process.env.PATH = realPath
  rmSync(folder, { recursive: true, force: true })
})

function program(name: string, body: string): void {
  writeFileSync(path.join(folder, name), `#!/bin/sh\necho "$@" >>${folder}/calls\n${body}\n`, { mode: 0o755 })
}

/** How apt-get was called, without sudo's own lines. */
function calls(): string[] {
  const file = path.join(folder, 'calls')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter((line) => !line.startsWith('-n ')) : []
}

test('the first package that can be installed is taken', () => {
  program('apt-get', 'case "$*" in *second*) exit 0;; *) exit 100;; esac')
  assert.equal(installPackage(NAMES, () => {}), true)
  assert.deepEqual(calls(), ['install -y --no-install-recommends first', 'install -y --no-install-recommends second'])
})

test('a machine without package lists gets them first', () => {
  program('apt-get', `if [ "$1" = update ]; then : >${folder}/lists; fi; [ -e ${folder}/lists ]`)
  assert.equal(installPackage(NAMES, () => {}), true)
  assert.deepEqual(calls().map((line) => line.split(' ')[0]), ['install', 'install', 'update', 'install'])
})

test('what cannot be installed says why, and how a person would do it', () => {
  program('apt-get', 'echo "no such package" >&2; exit 100')
  const lines: string[] = []
  assert.equal(installPackage(NAMES, (line) => lines.push(line)), false)
  assert.ok(lines.includes('no such package'))
  assert.equal(installHint(NAMES), 'run: sudo apt-get install first')
})

test('without a package manager it only says what to install', () => {
  assert.equal(installPackage(NAMES, () => {}), false)
  assert.equal(installHint(NAMES), 'install first with the package manager of this machine')
})
