import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { readCommandLine } from './command-line.ts'
import { projectRoot } from './project-root.ts'

const HELP = `npm run check    types, lint, import directions and cycles, generated files

Runs every check, also when one fails; ends with 1 when any failed.`

interface Check {
  name: string
  /** A program of node_modules or of the project, and its arguments. */
  command: readonly string[]
  /** Folder it runs in, from the project's. */
  folder?: string
}

interface Outcome { check: Check; ok: boolean; seconds: number }

const FOLDERS = ['shared', 'db', 'server', 'workers', 'admin-svelte/src', 'admin-svelte/tests', 'scripts']

function checks(): Check[] {
  const page: Check[] = [
    { name: 'types of the admin page', command: ['node_modules/svelte-check/bin/svelte-check', '--tsconfig', 'tsconfig.json', '--output', 'human', '--fail-on-warnings'], folder: 'admin-svelte' }
  ]
  return [
    { name: 'types', command: ['node_modules/typescript/bin/tsc', '-p', '.'] },
    ...existsSync(path.join(projectRoot, 'admin-svelte/tsconfig.json')) ? page : [],
    { name: 'lint', command: ['node_modules/oxlint/bin/oxlint', '--deny-warnings', '--report-unused-disable-directives'] },
    { name: 'import directions', command: ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.mjs', '--output-type', 'err-long', ...FOLDERS] },
    { name: 'generated files', command: ['scripts/generate.ts', '--check'] }
  ]
}

readCommandLine(HELP, [])
const outcomes: Outcome[] = []
for (const outcome of checks().map(runCheck)) outcomes.push(await outcome)
console.log('')
for (const { check, ok, seconds } of outcomes) console.log(`${ok ? 'ok    ' : 'FAILED'} ${check.name} (${seconds.toFixed(1)} s)`)
process.exitCode = outcomes.every((outcome) => outcome.ok) ? 0 : 1

/** Runs one check; what it printed comes out as a whole when it has failed. */
function runCheck(check: Check): Promise<Outcome> {
  const start = performance.now()
  const [program = '', ...args] = check.command
  const child = spawn(process.execPath, [path.join(projectRoot, program), ...args], {
    cwd: path.join(projectRoot, check.folder ?? '.'),
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk))
  return new Promise((resolve) => {
    child.once('close', (code) => {
      if (code !== 0) console.log(`\n--- ${check.name}\n${Buffer.concat(output).toString()}`)
      resolve({ check, ok: code === 0, seconds: (performance.now() - start) / 1000 })
    })
  })
}
