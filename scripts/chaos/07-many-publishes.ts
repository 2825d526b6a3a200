import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient } from '../system/support/api-client.ts'
import { eventually } from '../system/support/eventually.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { type ControlStand, startControlStand } from './control-stand.ts'

const PUBLISHES = 100
const EVERY_MS = 100
const PAIRS = 10
const LAST_WITHIN_MS = 3_000

interface Answer { status: number; body: { revision?: number; error?: { code: string } } }

export const promise: ChaosPromise = {
  title: `${PUBLISHES} publishes in 10 s under load, and two at once`,
  seconds: 300,
  async run(stand) {
    const control = await startControlStand(stand)
    const { system } = control
    const others: Record<string, number> = {}
    let [published, applied, lastMs, rounds] = [0, 0, 0, 0]
    await stand.underWatch(async () => {
      rounds++
      const first = await control.metric('gateway_config_revision')
      const last = await publishMany(control, others)
      published += last - first
      const from = performance.now()
      await eventually('the last one is served', async () => (await control.metric('gateway_config_revision')) === last, 30_000)
      lastMs = Math.max(lastMs, performance.now() - from)
      applied += await reported(system.api, first, last)
    })
    stand.check('each gets its revision', published === rounds * PUBLISHES, `${published} published in ${rounds} rounds; otherwise ${JSON.stringify(others)}`)
    stand.check('the last one wins, soon', lastMs < LAST_WITHIN_MS * stand.slack, `served at most ${lastMs.toFixed(0)} ms after the last publish`)
    stand.check('the node takes the newest and leaves out what is past', applied <= published, `${applied} of ${published} reported`)

    const pairs: string[] = []
    for (let pair = 0; pair < PAIRS; pair++) pairs.push(await publishTwice(control))
    stand.check('of two at once one gets 201, the other 409', pairs.every((outcome) => outcome.startsWith('201 + 409 ')), [...new Set(pairs)].join(' | '))
  }
}

/** One each 100 ms, or as soon as the one before has been answered. @returns the last revision */
async function publishMany(control: ControlStand, others: Record<string, number>): Promise<number> {
  let last = 0
  const from = performance.now()
  for (let index = 0; index < PUBLISHES; index++) {
    await sleep(Math.max(0, from + index * EVERY_MS - performance.now()))
    await control.edit()
    // Unchecked, so that it takes no request more.
    const { status, body } = await control.system.api.request('POST', '/config/publish', { expectedRevision: last, expectedDraftHash: '0'.repeat(64), note: `publish ${index}`, force: true }) as Answer
    if (status === 201) last = body.revision ?? 0
    else others[body.error?.code ?? String(status)] = (others[body.error?.code ?? String(status)] ?? 0) + 1
  }
  console.error(`  ${PUBLISHES} publishes took ${((performance.now() - from) / 1000).toFixed(1)} s`)
  return last
}

/** How many revisions behind `first` up to `last` the node reported on. */
async function reported(api: ApiClient, first: number, last: number): Promise<number> {
  let count = 0
  for (let revision = first + 1; revision <= last; revision++) {
    const { nodes } = await api.must('GET', `/snapshots/${revision}/rollout`) as { nodes: { state: string }[] }
    if (nodes.some(({ state }) => state.startsWith('applied'))) count++
  }
  return count
}

async function publishTwice({ system, edit }: ControlStand): Promise<string> {
  await edit()
  const { draftHash, live } = await system.api.must('POST', '/config/validate', {}) as { draftHash: string; live: { revision: number } }
  const body = { expectedRevision: live.revision, expectedDraftHash: draftHash, note: 'one of two' }
  const answers = await Promise.all([1, 2].map(() => system.api.request('POST', '/config/publish', body))) as Answer[]
  return answers.map(({ status, body: { error } }) => `${status} ${error?.code ?? ''}`.trim()).sort().join(' + ')
}
