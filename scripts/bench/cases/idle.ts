import { holdConnections } from '../../../workers/testing/held-connections.ts'
import { LOAD_CPU, type Bench, type BenchCase } from '../bench.ts'
import { budgetCell, judge } from '../budget.ts'
import { FEW_ROUTES, GATEWAY, listContestants, NGINX } from '../contestants.ts'
import { pathsOf, prefixesOf, withLineUp, type Lined } from '../line-up.ts'
import { mebibytes, settledBytes } from '../memory.ts'
import { startNginxOrigin } from '../nginx.ts'
import { FILES_NEEDED, raiseFileLimit } from '../requirements.ts'
import { runLoad } from '../wrk.ts'

const IDLE = 10_000
const AT_ONCE = 100
const WARM_UP_CONNECTIONS = 32
const KIB = 1024
const PREFIXES = prefixesOf(10)

interface Held {
  name: string
  before: number
  after: number
  perConnection: number
}

export const idle: BenchCase = {
  name: 'idle',
  summary: '10,000 idle keep-alive connections: memory of each',
  async measure(bench) {
    if (raiseFileLimit() < FILES_NEEDED) throw new Error(`the case "idle" needs ${FILES_NEEDED} file descriptors; see ulimit -n`)
    const held: Held[] = []
    for (const contestant of listContestants().filter(({ mostRoutes }) => mostRoutes > FEW_ROUTES)) {
      const origin = () => startNginxOrigin(bench.folder, KIB)
      held.push(await withLineUp(bench, { origin, contestants: [contestant], prefixes: PREFIXES }, async ([one]) => holdIdle(bench, one!)))
    }
    const of = (name: string): number => held.find((one) => one.name === name)?.perConnection ?? NaN
    const budget = judge({ what: 'Memory of an idle keep-alive connection', limit: 6, unit: ' KiB', digits: 1 }, of(GATEWAY) / KIB)
    return {
      title: `${IDLE.toLocaleString('en')} idle connections`,
      text: 'Each connection made one request (1 KiB) and waits for its next. Resident memory of the process that holds the connections, warmed up before, when it has settled; memory of the kernel is not in it.',
      head: ['Proxy', 'Before, MiB', 'With the connections, MiB', 'KiB for each', 'Ratio to nginx', 'Budget'],
      rows: held.map(({ name, before, after, perConnection }) => [
        name, mebibytes(before), mebibytes(after), (perConnection / KIB).toFixed(1), (perConnection / of(NGINX)).toFixed(2), name === GATEWAY ? budgetCell(budget) : ''
      ]),
      budgets: [budget]
    }
  }
}

async function holdIdle(bench: Bench, { contestant: { name }, proxy }: Lined): Promise<Held> {
  const paths = pathsOf(PREFIXES)
  await runLoad({ port: proxy.port, paths, folder: bench.folder, connections: WARM_UP_CONNECTIONS, seconds: bench.seconds, cpu: LOAD_CPU, signal: bench.signal })
  const before = await settledBytes(proxy.workerPid, bench.signal)
  const connections = holdConnections(proxy.port, `GET ${paths[0]} HTTP/1.1\r\nHost: bench\r\n\r\n`)
  try {
    bench.say(`idle: ${name} opening ${IDLE.toLocaleString('en')} connections`)
    await connections.add(IDLE, AT_ONCE)
    const after = await settledBytes(proxy.workerPid, bench.signal)
    if (connections.open !== IDLE) throw new Error(`${name} holds only ${connections.open} of ${IDLE} connections`)
    const perConnection = (after - before) / IDLE
    bench.say(`idle: ${name} ${(perConnection / KIB).toFixed(1)} KiB for each connection`)
    return { name, before, after, perConnection }
  } finally {
    connections.close()
  }
}
