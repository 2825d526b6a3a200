import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import type { Log } from '../log.ts'
import { readLine } from '../takeover/line-socket.ts'
import { isTakeoverFile, takeoverPath } from '../takeover/takeover-path.ts'
import type { PortPlace } from './port-place.ts'

/** Worker processes of an earlier start whose primary is gone and that still serve. */
export interface Orphans {
  /** Where they listen. */
  places(): readonly PortPlace[]
  /** Tells them, once, that this node serves: they accept no more, end their connections and themselves. */
  relieve(): Promise<void>
}

/** The orphans of this DATA_DIR, which must be locked: then no worker process found there has a primary. */
export async function findOrphans(dataDir: string, log: Log): Promise<Orphans> {
  const found = await Promise.all(fs.readdirSync(dataDir).filter(isTakeoverFile).map(async (name) => {
    const pid = Number(/\d+/.exec(name)?.[0])
    const answer = await ask(takeoverPath(dataDir, pid), 'endpoints')
    // Nobody answers: left behind by a process that was killed.
    if (answer === null) fs.rmSync(path.join(dataDir, name), { force: true })
    return answer === null ? [] : [{ pid, places: decodePlaces(answer) }]
  }))
  let orphans = found.flat()
  for (const { pid } of orphans) log.info({ worker: pid }, 'a worker process of an earlier start still serves; it makes way when this node serves')
  return {
    places: () => orphans.flatMap(({ places }) => places),
    async relieve() {
      const leaving = orphans
      await Promise.all(leaving.map(async ({ pid }) => {
        await ask(takeoverPath(dataDir, pid), 'drain')
        log.info({ worker: pid }, 'the worker process of an earlier start makes way')
      }))
      orphans = orphans.filter((orphan) => !leaving.includes(orphan))
    }
  }
}

function ask(file: string, question: 'endpoints' | 'drain'): Promise<string | null> {
  const socket = net.connect(file)
  socket.write(`${question}\n`)
  return readLine(socket).finally(() => socket.destroy())
}

function decodePlaces(text: string): PortPlace[] {
  try {
    const places = JSON.parse(text) as unknown[]
    return places.flatMap((place) => {
      const { address, port } = (place ?? {}) as Partial<PortPlace>
      return typeof address === 'string' && net.isIP(address) !== 0 && Number.isInteger(port) ? [{ address, port: port as number }] : []
    })
  } catch {
    return []
  }
}
