import fs from 'node:fs/promises'
import path from 'node:path'
import type { Log } from '../log.ts'
import { decodeSnapshotFile, encodeSnapshotFile, type StoredSnapshot } from './snapshot-file.ts'

const MAX_FILE_BYTES = 256 * 1024 * 1024

/** A snapshot from the disk and which of the two files it was. */
export interface LoadedSnapshot extends StoredSnapshot {
  source: 'disk' | 'disk-previous'
}

/**
 * The last configuration that was applied, and the one before, on the disk of the node. A file is there whole or not
 * at all: written aside, synced, renamed.
 */
export class SnapshotStore {
  readonly #folder: string
  readonly #log: Log
  #isCurrentGood = false
  #isFailing = false
  /** Files that were refused since the start. */
  refused = 0

  constructor(dataDir: string, log: Log) {
    this.#folder = path.join(dataDir, 'snapshots')
    this.#log = log
  }

  /** The newest file that can be trusted; null when there is none. */
  async load(): Promise<LoadedSnapshot | null> {
    const current = await this.#read('current.json')
    this.#isCurrentGood = current !== null
    if (current !== null) return { ...current, source: 'disk' }
    const previous = await this.#read('previous.json')
    if (previous === null) return null
    this.#log.warn({ revision: previous.snapshot.revision }, 'the previous snapshot is used')
    return { ...previous, source: 'disk-previous' }
  }

  /** Makes `stored` the current file and the current one the previous. @returns whether it is on the disk. */
  async save(stored: StoredSnapshot): Promise<boolean> {
    try {
      await fs.mkdir(this.#folder, { recursive: true, mode: 0o700 })
      const next = this.#file('next.json')
      await writeSynced(next, encodeSnapshotFile(stored))
      if (this.#isCurrentGood) await this.#keepCurrent()
      await fs.rename(next, this.#file('current.json'))
      await syncFolder(this.#folder)
      this.#isCurrentGood = true
      this.#isFailing = false
      return true
    } catch (error) {
      if (!this.#isFailing) this.#log.error({ err: error, revision: stored.snapshot.revision }, 'the snapshot is served but could not be stored')
      this.#isFailing = true
      await fs.rm(this.#file('next.json'), { force: true }).catch(() => {})
      return false
    }
  }

  /** A second name first, so that there is a current file at every moment. */
  async #keepCurrent(): Promise<void> {
    const aside = this.#file('kept.json')
    await fs.rm(aside, { force: true })
    await fs.link(this.#file('current.json'), aside)
    await fs.rename(aside, this.#file('previous.json'))
  }

  async #read(name: string): Promise<StoredSnapshot | null> {
    let bytes: Buffer
    try {
      const { size } = await fs.stat(this.#file(name))
      if (size > MAX_FILE_BYTES) throw new Error(`it has ${size} bytes`)
      bytes = await fs.readFile(this.#file(name))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#refuse(name, (error as Error).message)
      return null
    }
    const decoded = decodeSnapshotFile(bytes)
    if (typeof decoded !== 'string') return decoded
    this.#refuse(name, decoded)
    return null
  }

  #refuse(name: string, reason: string): void {
    this.refused++
    this.#log.error({ file: this.#file(name), reason }, `snapshot file ${name} is refused: ${reason}`)
  }

  #file(name: string): string {
    return path.join(this.#folder, name)
  }
}

async function writeSynced(file: string, bytes: Buffer): Promise<void> {
  const handle = await fs.open(file, 'w', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
