import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import type { Ack } from '../../shared/schema/node-api.ts'
import { createLog } from '../log.ts'
import { AckOutbox } from './ack-outbox.ts'
import { ControlPlaneError } from './control-plane.ts'

const { log } = createLog('silent', {})
const ack = (revision: number, result: Ack['result'] = 'applied'): Ack => ({
  epoch: '00000000-0000-7000-8000-000000000001', revision, sha256: 'a'.repeat(64), result, issues: [], threads: [], persisted: true, verifiedAt: '', at: ''
})

/** A control plane that answers with one outcome after the other, then takes everything. */
function scripted(outcomes: (ControlPlaneError | null)[]) {
  const taken: Ack[] = []
  const ack = async (report: Ack): Promise<void> => {
    const outcome = outcomes.shift()
    if (outcome) throw outcome
    taken.push(report)
  }
  return { taken, ack }
}

test('a report is sent until it is taken', async () => {
  const plane = scripted([new ControlPlaneError('down', null), new ControlPlaneError('busy', 503)])
  const outbox = new AckOutbox(plane, log)
  outbox.put(ack(1))
  await waitUntil(() => plane.taken.length === 1, { ms: 20_000, what: 'the report' })
  assert.equal(outbox.waiting, 0)
})

test('of one revision only the newest report is kept, of all the newest 32', async () => {
  const plane = scripted([new ControlPlaneError('down', null)])
  const outbox = new AckOutbox(plane, log)
  for (let revision = 1; revision <= 40; revision++) outbox.put(ack(revision))
  outbox.put(ack(35, 'refused'))
  assert.equal(outbox.waiting, 32)
  await waitUntil(() => outbox.waiting === 0, { ms: 20_000, what: 'the reports' })
  const others = Array.from({ length: 32 }, (_, index) => index + 9).filter((revision) => revision !== 35)
  assert.deepEqual(plane.taken.map(({ revision }) => revision), [...others, 35])
  assert.equal(plane.taken.at(-1)?.result, 'refused')
})

test('what is refused for good is not repeated; a token that is not known yet is', async () => {
  const plane = scripted([new ControlPlaneError('wrong', 400), new ControlPlaneError('who?', 401)])
  const outbox = new AckOutbox(plane, log)
  outbox.put(ack(1))
  outbox.put(ack(2))
  await waitUntil(() => outbox.waiting === 0, { ms: 20_000, what: 'the second report' })
  assert.deepEqual(plane.taken.map(({ revision }) => revision), [2])
})
