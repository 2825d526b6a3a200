import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { FileLocks, HeldLock } from './file-locks.ts'
import { type Claim, decodeClaim, encodeClaim, overlap } from './port-claim.ts'
import type { PortPlace } from '../port-place.ts'

/** How long another node may take to look through the claims. */
const REGISTRY_WAIT_SECONDS = 10
const MAX_CLAIM_BYTES = 4 * 1024 * 1024

/** A port that another data node of this machine has. */
export interface PortConflict {
  place: PortPlace
  holder: { pid: number; dataDir: string }
}

/**
 * Which ports of the machine belong to this node. The kernel cannot tell: ports opened with SO_REUSEPORT are shared
 * unseen by programs of one user. Each node has one claim file, locked for its lifetime, that lists its ports; one
 * registry lock is held while claims are compared, so the cost does not grow with the number of ports.
 */
export class PortClaims {
  readonly #locks: FileLocks
  readonly #folder: string
  readonly #file: string
  readonly #dataDir: string
  #own: HeldLock | null = null

  constructor(options: { locks: FileLocks; folder: string; dataDir: string }) {
    this.#locks = options.locks
    this.#folder = options.folder
    this.#dataDir = options.dataDir
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
      const others = await this.#othersAlive()
      const conflicts: PortConflict[] = []
      const free = places.filter((place) => {
        const holder = others.find((claim) => claim.places.some((other) => overlap(place, other)))
        if (holder !== undefined) conflicts.push({ place, holder: { pid: holder.pid, dataDir: holder.dataDir } })
        return holder === undefined
      })
      await this.#write(free)
      return conflicts
    } finally {
      registry.release()
    }
  }

  release(): void {
    if (this.#own === null) return
    fs.rmSync(this.#file, { force: true })
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

  /** The claims of nodes that run; files of dead ones are removed on the way. */
  async #othersAlive(): Promise<Claim[]> {
    const claims: Claim[] = []
    for (const name of fs.readdirSync(this.#folder)) {
      const file = path.join(this.#folder, name)
      if (!name.endsWith('.claim') || file === this.#file) continue
      try {
        if (await this.#locks.isHeld(file)) claims.push(...readClaim(file))
        else fs.rmSync(file, { force: true })
      } catch {
        // Gone meanwhile, or a dead claim of another user, who will remove it.
      }
    }
    return claims
  }
}

function readClaim(file: string): Claim[] {
  const { size } = fs.statSync(file)
  const claim = size <= MAX_CLAIM_BYTES ? decodeClaim(fs.readFileSync(file, 'utf8')) : null
  return claim === null ? [] : [claim]
}
