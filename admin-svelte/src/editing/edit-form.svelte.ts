import { untrack } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import type { Issue } from '../../../shared/schema/issue.ts'
import type { DraftedKind } from '../../../shared/schema/resource.ts'
import { fieldSchema } from './field-schema.ts'
import { equal } from './merge-patch.ts'
import { isWithin, pointersDownTo, readPointer, writePointer, type Json } from './pointer.ts'
import { setFields } from './set-fields.ts'
import type { Spec } from './spec.ts'
import { isSupported } from './supported.ts'
import { forgetUnsaved, keepUnsaved, readUnsaved } from './unsaved.ts'

/**
 * What a person is typing about one resource. Holds the value they started from with its version, what it is now,
 * and the server's issues. Input is kept in the browser's session storage under `key` until it is saved or dropped.
 */
export class EditForm {
  readonly kind: DraftedKind
  readonly key: string
  value = $state<Spec>({})
  base = $state.raw<Spec>({})
  version = $state.raw(0)
  issues = $state.raw<Issue[]>([])
  /** What was typed in the JSON view and is no JSON object yet; the value stays what it was before. */
  brokenJson = $state<string | null>(null)
  /** True when `value` came from storage and not from the server. */
  restored = $state(false)
  /** How many controls show each field, or fields below it. */
  readonly #shown = new SvelteMap<string, number>()

  constructor(kind: DraftedKind, key: string) {
    this.kind = kind
    this.key = key
  }

  get changed(): boolean {
    return this.brokenJson !== null || !equal(this.base, this.value)
  }

  /** Begins with what the server stores (or a starter for a new one); unsaved input of an earlier visit wins. */
  begin(base: Spec, version: number): void {
    const kept = readUnsaved(this.key)
    this.base = kept?.base ?? base
    this.version = kept?.version ?? version
    this.value = structuredClone(kept?.value ?? base)
    this.brokenJson = kept?.json ?? null
    this.restored = kept !== null
    this.issues = []
  }

  /** Takes the server's version as the new start. `value` is kept when given. */
  rebase(base: Spec, version: number, value: Spec = base): void {
    this.base = base
    this.version = version
    this.value = structuredClone(value)
    this.brokenJson = null
    this.restored = false
    this.issues = []
  }

  /** Writes unsaved input down; called from an effect on every change. */
  keep(): void {
    if (this.changed) keepUnsaved(this.key, { base: this.base, value: this.plain(), version: this.version, ...(this.brokenJson === null ? {} : { json: this.brokenJson }) })
    else forgetUnsaved(this.key)
  }

  saved(): void {
    forgetUnsaved(this.key)
    this.restored = false
    this.issues = []
  }

  /** A copy of the value as it is now. */
  plain(): Spec {
    return $state.snapshot(this.value as unknown) as Spec
  }

  get(pointer: string): unknown {
    return readPointer(this.value, pointer)
  }

  set(pointer: string, value: Json | undefined): void {
    writePointer(this.value, pointer, value)
    if (this.issues.length > 0) this.issues = this.issues.filter((issue) => !isWithin(issue.path, pointer))
  }

  issuesAt(pointer: string): Issue[] {
    return this.issues.filter((issue) => isWithin(issue.path, pointer))
  }

  /** A control says in an effect that it shows a field; what comes back takes that back. */
  showing(pointer: string): () => void {
    const count = (by: number) => untrack(() => {
      for (const place of pointersDownTo(pointer)) this.#shown.set(place, (this.#shown.get(place) ?? 0) + by)
    })
    count(1)
    return () => count(-1)
  }

  /** What somebody set and no control shows. */
  get unshown(): string[] {
    const alone = setFields(this.kind, this.value).filter((pointer) => !this.#shown.get(pointer))
    return alone.filter((pointer) => !alone.some((other) => other !== pointer && isWithin(pointer, other)))
  }

  /** Whether the form has to show a field: it does something in this version, or somebody set it all the same. */
  shows(pointer: string): boolean {
    if (isSupported(this.kind, pointer)) return true
    const value = this.get(pointer) as Json | undefined
    return value !== undefined && typeof value !== 'object' && !equal(value, fieldSchema(this.kind, pointer).default as Json | undefined)
  }
}
