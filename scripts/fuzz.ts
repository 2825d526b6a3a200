import { parseArgs } from 'node:util'
import { fuzzRequests } from '../workers/testing/fuzz/fuzz-requests.ts'
import { fuzzResponses } from '../workers/testing/fuzz/fuzz-responses.ts'
import { fuzzSegments } from '../workers/testing/fuzz/fuzz-segments.ts'
import { Finding, type FuzzOptions } from '../workers/testing/fuzz/finding.ts'

const HELP = `npm run fuzz                        tries random messages on the HTTP/1.1 codec until it is stopped
  --kind=requests|responses|segments  only one kind
  --rounds=N                          so many rounds of each kind, then ends (0: none are counted)
  --seed=N                            begins with this seed; a finding names its own

requests    what is forwarded is, for Node's strict parser, the one request that was understood
responses   what the client gets is what a strict parser gets, an error, or a cut
segments    the same bytes mean the same in whatever pieces they come`

const KINDS: Record<string, (options: FuzzOptions) => number | Promise<number>> = { segments: fuzzSegments, requests: fuzzRequests, responses: fuzzResponses }
const ROUNDS = 2_000

const { values } = readArguments()
const abort = new AbortController()
process.once('SIGINT', () => abort.abort())
process.once('SIGTERM', () => abort.abort())
const rounds = Number(values.rounds ?? 0)
const kinds = Object.entries(KINDS).filter(([kind]) => values.kind === undefined || values.kind === kind)
try {
  for (let seed = Number(values.seed ?? Date.now() % 1_000_000); !abort.signal.aborted; seed++) {
    for (const [kind, fuzz] of kinds) {
      const through = await fuzz({ seed, rounds: rounds || ROUNDS, signal: abort.signal })
      console.log(`${kind}: seed ${seed}, ${rounds || ROUNDS} rounds, ${through} came through`)
    }
    if (rounds > 0) break
  }
} catch (error) {
  console.error(error instanceof Finding ? `\nFOUND ${error.message}` : error)
  process.exitCode = 1
}

function readArguments() {
  try {
    const parsed = parseArgs({ options: { help: { type: 'boolean' }, kind: { type: 'string' }, rounds: { type: 'string' }, seed: { type: 'string' } } })
    if (parsed.values.help === true) {
      console.log(HELP)
      process.exit(0)
    }
    const { kind, rounds: count, seed } = parsed.values
    if (kind !== undefined && KINDS[kind] === undefined) throw new Error(`--kind is one of ${Object.keys(KINDS).join(', ')}`)
    for (const [name, text] of [['rounds', count], ['seed', seed]] as const) if (text !== undefined && !/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number`)
    return parsed
  } catch (error) {
    console.error(`${(error as Error).message.split('. ')[0]}; see --help`)
    process.exit(64)
  }
}
