import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { eventually } from '../system/support/eventually.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { startControlStand } from './control-stand.ts'

type Damage = [name: string, damage: (bytes: Buffer) => Buffer, said: RegExp]

const DAMAGES: readonly Damage[] = [
  ['truncated', (bytes) => bytes.subarray(0, bytes.length / 2), /bytes instead of/],
  ['with a bit turned', (bytes) => Buffer.from(bytes.map((byte, index) => index === bytes.length >> 1 ? byte ^ 1 : byte)), /checksum differs/],
  ['empty', () => Buffer.alloc(0), /empty/],
  ['of a newer schema', newerSchema, /schema|version/i]
]

export const promise: ChaosPromise = {
  title: 'the stored snapshot is truncated, bit-flipped, empty, or of a newer schema',
  seconds: 120,
  isQuick: true,
  async run(stand) {
    const control = await startControlStand(stand)
    const { system, node, url } = control
    await control.edit()
    const { body } = await system.api.publish('the second') as { body: { revision: number } }
    await system.applied(body.revision)
    await system.web.stop()
    await node.service.stop()
    const file = path.join(node.dataDir, 'snapshots/current.json')
    const good = fs.readFileSync(file)
    for (const [name, damage, said] of DAMAGES) {
      fs.writeFileSync(file, damage(good))
      await node.start()
      await eventually('it serves', async () => (await fetch(url, { headers: { connection: 'close' } })).ok, 10_000 * stand.slack)
      const [revision, refused] = [await control.metric('gateway_config_revision'), await control.metric('gateway_snapshot_files_refused_total')]
      const line = node.service.lines.find((text) => /is refused/.test(text)) ?? ''
      stand.check(`${name}: the previous one is used, metric and log say so`, revision === body.revision - 1 && refused === 1 && said.test(line), `serves ${revision} of ${body.revision}, ${refused} files refused, log: ${/"reason":"([^"]*)"/.exec(line)?.[1] ?? 'nothing'}`)
      await node.service.stop()
    }
  }
}

/** Whole and with the right sums, from a version of the program that does not exist yet. */
function newerSchema(bytes: Buffer): Buffer {
  const [, body = ''] = bytes.toString('utf8').split('\n')
  const stored = JSON.parse(body) as { snapshot: { schemaVersion: number } }
  stored.snapshot.schemaVersion = 999
  const changed = JSON.stringify(stored)
  const head = { ...JSON.parse(bytes.toString('utf8').split('\n')[0] ?? '') as object, bytes: Buffer.byteLength(changed), sha256: createHash('sha256').update(changed).digest('hex') }
  return Buffer.from(`${JSON.stringify(head)}\n${changed}\n`)
}
