import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { FileLocks, HeldLock } from './file-locks.ts'
import { type Claim, decodeClaim, encodeClaim, overlap } from './port-claim.ts'
import { placeKey, type PortPlace } from '../port-place.ts'

/** How long another node may take to look through the claims. */
const REGISTRY_WAIT_SECONDS = 10
/** So long the ports of a node that ended stay its own: it is being started again. */
const MISSED_MS = 60_000
const MAX_CLAIM_BYTES = 4 * 1024 * 1024

/** A port that another data node of this machine has. */
export interface PortConflict {
  place: PortPlace
  holder: { pid: number; dataDir: string }
}

/**
 * Which ports of the machine belong to this node. The kernel cannot tell: ports opened with SO_REUSEPORT are shared
 * unseen by programs of one user. Each node has one claim file, locked for its lifetime, that lists its ports; one
 * registry lock is held while claims are compared, so the cost does not grow with the number of ports. Ports outside a
 * node's ranges, which it only takes because they are free, are left for a minute to a node that ended.
 */
export class PortClaims {
  readonly #locks: FileLocks
  readonly #folder: string
  readonly #file: string
  readonly #dataDir: string
  readonly #now: () => number
  /** Files of nodes that are gone, and since when they were seen to be. */
  readonly #missed = new Map<string, number>()
  /** What was claimed first: the ports of the ranges, which wait for nobody who is gone. */
  #reserved: ReadonlySet<string> | null = null
  #own: HeldLock | null = null

  constructor(options: { locks: FileLocks; folder: string; dataDir: string; now?: () => number }) {
    this.#locks = options.locks
    this.#folder = options.folder
    this.#dataDir = options.dataDir
    this.#now = options.now ?? (() => performance.now())
    this.#file = path.join(options.folder, `${process.pid}-${randomBytes(4).toString('hex')}.claim`)
  }

  /**
   * Claims exactly these ports, giving up those claimed before; conflicting ones are left out and returned.
   * @throws when the folder cannot be used.
   */
  async claim(places: readonly PortPlace[]): Promise<PortConflict[]> {
    const registry = await this.#locks.lock(path.join(this.#folder, 'registry'), { waitSeconds: REGISTRY_WAIT_SECONDS, everyUser: true })
    if (registry === null) throw new Error(`another process keeps ${this.#folder}/registry locked`)
    try {
      const reserved = (this.#reserved ??= new Set(places.map(placeKey)))
      const others = await this.#others()
      const conflicts: PortConflict[] = []
      const free = places.filter((place) => {
        const holder = others.find(({ isAlive, places: theirs }) => (isAlive || !reserved.has(placeKey(place))) && theirs.some((other) => overlap(place, other)))
        if (holder !== undefined) conflicts.push({ place, holder: { pid: holder.pid, dataDir: holder.dataDir } })
        return holder === undefined
      })
      await this.#write(free)
      return conflicts
    } finally {
      registry.release()
    }
  }

  /** The claim stays in its file for a minute, or until this node starts again. */
  release(): void {
    if (this.#own === null) return
    this.#own.release()
    this.#own = null
  }

  async #write(places: PortPlace[]): Promise<void> {
    this.#own ??= await this.#locks.lock(this.#file)
    if (this.#own === null) throw new Error(`${this.#file} is locked by another process`)
    const text = encodeClaim({ pid: process.pid, dataDir: this.#dataDir, places })
    fs.ftruncateSync(this.#own.fd)
    fs.writeSync(this.#own.fd, text, 0)
  }

  /** The claims of nodes that run, or ran a moment ago; files of those that are gone for longer are removed on the way. */
  async #others(): Promise<(Claim & { isAlive: boolean })[]> {
    const claims: (Claim & { isAlive: boolean })[] = []
    for (const name of fs.readdirSync(this.#folder)) {
      const file = path.join(this.#folder, name)
      if (!name.endsWith('.claim') || file === this.#file) continue
      try {
        const isAlive = await this.#locks.isHeld(file)
        const found = readClaim(file)
        if (isAlive) this.#missed.delete(file)
        if (isAlive || this.#isMissed(file, found)) claims.push(...found.map((claim) => ({ ...claim, isAlive })))
        else fs.rmSync(file, { force: true })
      } catch {
        // Gone meanwhile, or a dead claim of another user, who will remove it.
      }
    }
    return claims
  }

  /** Whether a claim that nobody holds any more still counts. What this node itself left behind does not. */
  #isMissed(file: string, found: readonly Claim[]): boolean {
    if (found.every(({ dataDir }) => dataDir === this.#dataDir)) return false
    const since = this.#missed.get(file) ?? this.#now()
    this.#missed.set(file, since)
    const isMissed = this.#now() - since < MISSED_MS
    if (!isMissed) this.#missed.delete(file)
    return isMissed
  }
}

function readClaim(file: string): Claim[] {
  const { size } = fs.statSync(file)
  const claim = size <= MAX_CLAIM_BYTES ? decodeClaim(fs.readFileSync(file, 'utf8')) : null
  return claim === null ? [] : [claim]
}
