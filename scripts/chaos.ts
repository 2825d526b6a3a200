import { fork } from 'node:child_process'
import { globSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { ChaosPromise } from './chaos/chaos-promise.ts'
import type { Check } from './chaos/stand.ts'
import { descendants } from './services/descendants.ts'
import { stopOnSignal } from './stop-on-signal.ts'

const SAMPLES = 5_000
const HELP = `npm run chaos                     tries every promise under fire on a real data node
npm run chaos -- 12 13            only these (or --only=12,13)
npm run chaos -- --samples=500    fewer requests of the good client (default ${SAMPLES}: some 2 minutes a promise)

One line for each promise; ends with 1 when one was not kept. What was measured goes to stderr on the way.
Some need root on Linux (name spaces, limits of a process) and say so.`

interface Verdict {
  isKept: boolean
  checks: Check[]
  error: string | null
}

const { only, samples } = readArguments()
const files = globSync('chaos/[0-9][0-9]-*.ts', { cwd: import.meta.dirname }).sort()
const wanted = files.map((file) => path.join(import.meta.dirname, file)).filter((file) => only.length === 0 || only.includes(numberOf(file)))
const abort = new AbortController()
const interrupted = stopOnSignal(() => abort.abort())
let broken = 0
for (const file of wanted) {
  if (abort.signal.aborted) break
  if (!await tryPromise(file)) broken++
}
if (wanted.length === 0) console.error(`chaos: no promise has this number; there are ${files.map(numberOf).join(', ')}`)
process.exit(interrupted() ?? (broken > 0 || wanted.length === 0 ? 1 : 0))

async function tryPromise(file: string): Promise<boolean> {
  const { promise } = await import(pathToFileURL(file).href) as { promise: ChaosPromise }
  console.error(`${numberOf(file)} ${promise.title} ...`)
  const from = performance.now()
  const verdict = await runAside(file, promise.seconds)
  const seconds = Math.round((performance.now() - from) / 1000)
  const said = [...verdict.checks.map(({ what, isMet, measured }) => `${isMet ? '' : 'NOT '}${what}: ${measured}`), ...verdict.error === null ? [] : [verdict.error]]
  console.log(`${verdict.isKept ? 'pass' : 'FAIL'} ${numberOf(file)} ${promise.title} (${seconds} s): ${said.join('; ')}`)
  return verdict.isKept
}

/** Runs it in a process of its own, for at most so many seconds; nothing of it is left afterwards. */
function runAside(file: string, seconds: number): Promise<Verdict> {
  const child = fork(path.join(import.meta.dirname, 'chaos/run-promise.ts'), [file, String(samples)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  let verdict: Verdict = { isKept: false, checks: [], error: 'it ended without a word' }
  child.on('message', (message) => (verdict = message as Verdict))
  let isLate = false
  const stop = (): void => void child.kill('SIGTERM')
  const deadline = setTimeout(() => {
    isLate = true
    stop()
  }, seconds * 1000)
  const lastResort = setTimeout(() => {
    for (const pid of descendants(child.pid ?? -1).toReversed()) process.kill(pid, 'SIGKILL')
  }, (seconds + 30) * 1000)
  abort.signal.addEventListener('abort', stop)
  return new Promise((resolve) => {
    child.once('exit', () => {
      clearTimeout(deadline)
      clearTimeout(lastResort)
      abort.signal.removeEventListener('abort', stop)
      resolve(isLate ? { ...verdict, isKept: false, error: `not done after ${seconds} s` } : verdict)
    })
  })
}

function numberOf(file: string): string {
  return path.basename(file).slice(0, 2)
}

function readArguments(): { only: string[]; samples: number } {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' }, only: { type: 'string' }, samples: { type: 'string' } } })
    if (values.help === true) {
      console.log(HELP)
      process.exit(0)
    }
    const count = Number(values.samples ?? SAMPLES)
    if (!Number.isInteger(count) || count < 1) throw new Error(`--samples takes a whole number, not "${values.samples}"`)
    return { only: [...positionals, ...(values.only ?? '').split(',')].filter(Boolean).map((number) => number.padStart(2, '0')), samples: count }
  } catch (error) {
    console.error(`${(error as Error).message.split('. ')[0]}; see --help`)
    process.exit(64)
  }
}
