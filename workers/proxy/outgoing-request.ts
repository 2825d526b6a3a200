import type { Origin } from '../upstreams/origin.ts'
import type { MirroredRequest } from './mirrored-request.ts'
import { RequestReplay } from './request-replay.ts'

/** What is sent of a request: its head as the origin gets it, what may have to be sent again, and its copy for a mirror. */
export class OutgoingRequest {
  /** With what came of the body together with it. */
  head = ''
  mirrored: MirroredRequest | null = null
  readonly #replay = new RequestReplay()

  /** `mayRepeat`: more of the body will come, and may have to be sent twice. */
  begin(mayRepeat: boolean): void {
    this.#replay.begin(mayRepeat)
  }

  /** Everything that was sent of the body can be sent again. */
  get isRepeatable(): boolean {
    return this.#replay.isWhole
  }

  writeTo(origin: Origin): void {
    origin.write(this.head)
    this.#replay.writeTo(origin)
  }

  /** More of the body. */
  add(data: Buffer, isWhole: boolean): void {
    this.#replay.keep(data)
    this.mirrored?.onBody(data, isWhole)
  }

  forget(): void {
    this.head = ''
    this.#replay.forget()
    this.mirrored = this.mirrored?.drop() ?? null
  }
}
