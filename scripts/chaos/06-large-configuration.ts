import { setTimeout as sleep } from 'node:timers/promises'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { contentOf, testId } from '../../shared/testing/content.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import type { Stand } from './stand.ts'

const ROUTES = 10_000
const HOSTS = 2_000
const CERTIFICATES = 2_000
const APPLY_MS = 2_000
const DELAY_WHOLE_MS = 50
const DELAY_ONE_MS = 10
/** The delay is told as p99 of the last 5 s. */
const DELAY_OVER_MS = 5_500

export const promise: ChaosPromise = {
  title: `${ROUTES.toLocaleString('en')} routes, ${HOSTS.toLocaleString('en')} hosts, ${CERTIFICATES.toLocaleString('en')} certificates`,
  seconds: 300,
  async run(stand) {
    await stand.start()
    await stand.publish([])
    stand.api.setCertificates(Object.fromEntries(Array.from({ length: CERTIFICATES }, (_, index) => [testId(index + 1), 'origin'])))
    const [small, large] = [contentWith(stand, 10), contentWith(stand, ROUTES)]
    const whole: Applied[] = []
    const one: Applied[] = []
    let [wholeDelay, oneDelay] = [0, 0]
    await stand.underWatch(async (round) => {
      whole.push(await apply(stand, large))
      wholeDelay = Math.max(wholeDelay, await delayAfter(stand))
      one.push(await apply(stand, withOneChanged(large, round)))
      oneDelay = Math.max(oneDelay, await delayAfter(stand))
      await apply(stand, small)
    })
    stand.check('it is applied within 2 s', Math.max(...whole.map(({ ms }) => ms)) < APPLY_MS * stand.slack, `from the node's question to its report: ${text(whole)}; with one route changed ${text(one)}`)
    stand.check('event-loop delay of the threads stays under 50 ms', wholeDelay < DELAY_WHOLE_MS * stand.slack, `${wholeDelay.toFixed(1)} ms`)
    stand.check('and under 10 ms when one route changed', oneDelay < DELAY_ONE_MS * stand.slack, `${oneDelay.toFixed(1)} ms`)
  }
}

interface Applied {
  /** From the node's question that brings it to its report. */
  ms: number
  /** Longest that a thread took to build it. */
  preparedMs: number
}

async function apply({ api }: Stand, content: SnapshotContent): Promise<Applied> {
  const polls = api.polls
  let askedAt = NaN
  const watch = setInterval(() => {
    if (Number.isNaN(askedAt) && api.polls > polls) askedAt = performance.now()
  }, 2)
  const { result, issues, threads } = await api.publishAndWait(content)
  clearInterval(watch)
  if (result === 'refused') throw new Error(`refused: ${JSON.stringify(issues.slice(0, 3))}`)
  return { ms: performance.now() - askedAt, preparedMs: Math.max(...threads.map(({ preparedInMs }) => preparedInMs)) }
}

/** The worst that was told in the seconds after. */
async function delayAfter({ place }: Stand): Promise<number> {
  let worst = 0
  for (let past = 0; past < DELAY_OVER_MS; past += 250) {
    worst = Math.max(worst, await place.metric('gateway_event_loop_delay_ms'))
    await sleep(250)
  }
  return worst
}

function contentWith(stand: Stand, routes: number): SnapshotContent {
  const certificateIds = Array.from({ length: CERTIFICATES }, (_, index) => testId(index + 1))
  return contentOf({
    listeners: [{ port: stand.port }, { protocol: 'https', port: stand.port + 1, tlsPolicyId: testId(1) }],
    tlsPolicies: [{ certificateIds, defaultCertificateId: testId(1) }],
    upstreams: [{ targets: [{ id: 'good', address: stand.goodOrigin }] }],
    routes: [
      { match: { path: { type: 'prefix', value: '/good' } } },
      ...Array.from({ length: routes }, (_, index) => ({ match: { hosts: [`host-${index % HOSTS}.example`], path: { type: 'prefix', value: `/part-${Math.floor(index / HOSTS)}` } } }))
    ]
  })
}

function withOneChanged(content: SnapshotContent, round: number): SnapshotContent {
  const at = 1 + (round * 37) % (content.routes.length - 1)
  return { ...content, routes: content.routes.map((route, index) => index === at ? { ...route, description: `changed ${round}` } : route) }
}

function text(times: readonly Applied[]): string {
  return times.map(({ ms, preparedMs }) => `${ms.toFixed(0)} ms (${preparedMs.toFixed(0)} in a thread)`).join(', ')
}
