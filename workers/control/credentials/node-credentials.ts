import type { Credential, NodeSecrets } from '../../credential.ts'
import type { Log } from '../../log.ts'
import { type ControlPlane, ControlPlaneError } from '../control-plane.ts'
import type { CredentialFile } from './credential-file.ts'
import type { SealedCredentials } from '../../../shared/schema/sealed.ts'
import { decodeSealed } from './decode-sealed.ts'
import type { NodeKey } from './node-key.ts'
import { openCertificate, openFleetKey, openSecret } from './open-sealed.ts'

/** The control plane does not know this node's key yet. */
const KEY_MISSING = 409

/**
 * The certificates and secrets that this node may use, and the key that all nodes share: from its disk at the start, then from the control plane whenever they changed.
 * What is on the disk stays sealed to a key that lies beside it and never leaves the node.
 */
export class NodeCredentials {
  readonly #controlPlane: Pick<ControlPlane, 'credentials' | 'registerKey'>
  readonly #file: CredentialFile
  readonly #key: NodeKey
  readonly #changed: (secrets: NodeSecrets) => void
  readonly #log: Log
  #have: string | null = null
  #asking: Promise<void> | null = null
  #isWanted = false
  #hasComplained = false

  constructor(options: { controlPlane: Pick<ControlPlane, 'credentials' | 'registerKey'>; file: CredentialFile; key: NodeKey; changed(secrets: NodeSecrets): void; log: Log }) {
    this.#controlPlane = options.controlPlane
    this.#file = options.file
    this.#key = options.key
    this.#changed = (secrets) => options.changed(secrets)
    this.#log = options.log
  }

  /** Uses what the disk has. */
  async load(): Promise<void> {
    const stored = await this.#file.load()
    if (stored !== null) this.#use(stored)
  }

  /** Asks whether there is anything new; while an answer is awaited, once more afterwards. Never rejects. */
  refresh(): Promise<void> {
    this.#isWanted = true
    this.#asking ??= this.#askWhileWanted()
    return this.#asking
  }

  async #askWhileWanted(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false
      await this.#ask()
    }
    this.#asking = null
  }

  async #ask(): Promise<void> {
    try {
      const answer = await this.#askOnce()
      this.#hasComplained = false
      if (answer === null) return
      const sealed = decodeSealed(answer)
      if (sealed === null) throw new Error('the answer is none')
      if (!this.#use(sealed)) return
      await this.#file.save(sealed)
    } catch (error) {
      if (!this.#hasComplained) this.#log.warn(`certificates cannot be asked for; those that are here stay: ${(error as Error).message}`)
      this.#hasComplained = true
    }
  }

  async #askOnce(): Promise<unknown> {
    try {
      return await this.#controlPlane.credentials(this.#have)
    } catch (error) {
      // A control plane of an older version knows no certificates.
      if (error instanceof ControlPlaneError && error.status === 404) return null
      if (!(error instanceof ControlPlaneError) || error.status !== KEY_MISSING) throw error
      await this.#controlPlane.registerKey(this.#key.publicRaw.toString('base64'))
      return this.#controlPlane.credentials(null)
    }
  }

  /** One that cannot be opened is left out; the others are used. False when nothing could be. */
  #use(sealed: SealedCredentials): boolean {
    const opened: Credential[] = []
    for (const certificate of sealed.certificates) {
      try {
        opened.push(openCertificate(certificate, this.#key))
      } catch (error) {
        this.#log.error({ certificate: certificate.id }, `a certificate cannot be opened: ${(error as Error).message}`)
      }
    }
    if (opened.length === 0 && sealed.certificates.length > 0) return false
    this.#have = sealed.hash
    this.#changed({ certificates: opened, fleetKey: this.#fleetKeyOf(sealed), challenges: sealed.challenges ?? [], secrets: this.#secretsOf(sealed) })
    return true
  }

  #secretsOf({ secrets = [] }: SealedCredentials): { name: string; value: string }[] {
    return secrets.flatMap((secret) => {
      try {
        return [openSecret(secret, this.#key)]
      } catch (error) {
        this.#log.error({ secret: secret.name }, `a secret cannot be opened: ${(error as Error).message}`)
        return []
      }
    })
  }

  #fleetKeyOf({ fleetKey }: SealedCredentials): string | null {
    if (fleetKey === undefined) return null
    try {
      return openFleetKey(fleetKey, this.#key)
    } catch (error) {
      this.#log.error(`the key of the fleet cannot be opened: ${(error as Error).message}`)
      return null
    }
  }
}
