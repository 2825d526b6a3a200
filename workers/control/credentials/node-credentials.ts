import type { Credential, NodeSecrets } from '../../credential.ts'
import type { Log } from '../../log.ts'
import { type ControlPlane, ControlPlaneError, nothingOfOlder } from '../control-plane.ts'
import { KeptAnswer } from '../kept-answer.ts'
import type { KeptFile } from '../kept-file.ts'
import type { SealedCredentials, TicketKey } from '../../../shared/schema/sealed.ts'
import { decodeSealed } from './decode-sealed.ts'
import type { NodeKey } from './node-key.ts'
import { openCertificate, openFleetKey, openSecret, openTicketKeys } from './open-sealed.ts'

/** The control plane does not know this node's key yet. */
const KEY_MISSING = 409

export interface NodeCredentialsOptions {
  controlPlane: Pick<ControlPlane, 'credentials' | 'registerKey'>
  file: KeptFile<SealedCredentials>
  key: NodeKey
  changed(secrets: NodeSecrets): void
  log: Log
}

/**
 * The certificates and secrets that this node may use, and the key that all nodes share: from its disk at the start, then from the control plane whenever they changed.
 * What is on the disk stays sealed to a key that lies beside it and never leaves the node.
 */
export class NodeCredentials {
  readonly #controlPlane: Pick<ControlPlane, 'credentials' | 'registerKey'>
  readonly #answer: KeptAnswer<SealedCredentials>
  readonly #key: NodeKey
  readonly #changed: (secrets: NodeSecrets) => void
  readonly #log: Log
  #have: string | null = null

  constructor({ controlPlane, file, key, changed, log }: NodeCredentialsOptions) {
    this.#controlPlane = controlPlane
    this.#answer = new KeptAnswer({
      ask: () => this.#ask(),
      decode: decodeSealed,
      use: (sealed) => this.#use(sealed),
      file,
      complaint: 'certificates cannot be asked for; those that are here stay',
      log
    })
    this.#key = key
    this.#changed = changed
    this.#log = log
  }

  /** Uses what the disk has. */
  load(): Promise<void> {
    return this.#answer.load()
  }

  /** Asks whether there is anything new. Never rejects. */
  refresh(): Promise<void> {
    return this.#answer.refresh()
  }

  async #ask(): Promise<unknown> {
    try {
      return await this.#controlPlane.credentials(this.#have).catch(nothingOfOlder)
    } catch (error) {
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
    this.#changed({ certificates: opened, fleetKey: this.#fleetKeyOf(sealed), ticketKeys: this.#ticketKeysOf(sealed), challenges: sealed.challenges ?? [], secrets: this.#secretsOf(sealed) })
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

  #ticketKeysOf({ ticketKeys }: SealedCredentials): TicketKey[] {
    if (ticketKeys === undefined) return []
    try {
      return openTicketKeys(ticketKeys, this.#key)
    } catch (error) {
      this.#log.error(`the keys of session tickets cannot be opened: ${(error as Error).message}`)
      return []
    }
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
