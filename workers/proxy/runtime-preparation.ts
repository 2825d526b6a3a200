import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { RuntimePart } from '../configuration/runtime-part.ts'
import type { Runtime } from './runtime.ts'
import { RuntimeEdit } from './runtime-edit.ts'
import type { ThreadContext } from './thread-context.ts'

/** The Runtime that is built aside while another one serves. A defect in compiling refuses the snapshot and never ends the thread. */
export class RuntimePreparation {
  readonly #thread: ThreadContext
  #edit: RuntimeEdit | null = null
  #prepared: Runtime | null = null

  constructor(thread: ThreadContext) {
    this.#thread = thread
  }

  begin(revision: number, whole: boolean): void {
    this.forget()
    this.#edit = new RuntimeEdit(this.#thread, whole ? null : this.#thread.current, revision)
  }

  add(part: RuntimePart): Issue[] {
    return this.#guarded((edit) => edit.apply(part))
  }

  finish(): Issue[] {
    return this.#guarded((edit) => {
      this.#prepared = edit.finish()
      this.#edit = null
      return []
    })
  }

  get prepared(): Runtime | null {
    return this.#prepared
  }

  /** Hands the Runtime out; null when none is ready. */
  take(): Runtime | null {
    const prepared = this.#prepared
    this.#prepared = null
    return prepared
  }

  forget(): void {
    this.#edit = null
    this.#prepared = null
  }

  #guarded(build: (edit: RuntimeEdit) => Issue[]): Issue[] {
    if (this.#edit === null) return [errorIssue('', 'compile_failed', 'no configuration is being built')]
    try {
      return build(this.#edit)
    } catch (error) {
      this.forget()
      return [errorIssue('', 'compile_failed', `the snapshot could not be compiled: ${(error as Error).message}`)]
    }
  }
}
