import type { RequestDraft, RequestStep, TransformContext } from './drafts.ts'
import { fieldValue, type FieldNames, withField, withoutField } from './header-lines.ts'

/** What X-Forwarded-* tell; the names are those of YARP's keys. */
export const X_FORWARDED_PARTS = ['For', 'Proto', 'Host', 'Prefix'] as const
export const FORWARDED_ACTIONS = ['Set', 'Append', 'Remove', 'Off'] as const
export type ForwardedAction = (typeof FORWARDED_ACTIONS)[number]

/** What the gateway says in a field; '' where there is nothing to say. `isAppended`: behind what came. */
export type ForwardedValue = (draft: RequestDraft, context: TransformContext, isAppended: boolean) => string

/** Fields in which proxies say whom they forward for; in lower case. */
export const FORWARDING: FieldNames = { has: (name) => name === 'forwarded' || name.startsWith('x-forwarded-') }

/** What a route makes of the fields that say whom it forwards for. */
export interface Forwarding {
  /** Applied behind all other transforms. */
  readonly steps: readonly RequestStep[]
  /** What the client says in these is a field like any other; null: in none, and nothing of it leaves. */
  readonly passed: FieldNames | null
  /** Written or left out whatever stands in them, so that other transforms of them need not be applied. */
  readonly replaced: FieldNames
}

/** What the transforms X-Forwarded and Forwarded of a route say, one after the other. */
export class ForwardingFields {
  readonly #actions: { name: string; action: ForwardedAction; valueOf: ForwardedValue }[] = []
  #passesAll = false

  get isEmpty(): boolean {
    return this.#actions.length === 0
  }

  /** What the client says in any of them is passed on, unless an action says otherwise. */
  passAll(): void {
    this.#passesAll = true
  }

  /** Set writes what the gateway knows, Append puts it behind what is there, Remove leaves the field out, Off leaves it as it is. */
  apply(name: string, action: ForwardedAction, valueOf: ForwardedValue = () => ''): void {
    this.#actions.push({ name, action, valueOf })
  }

  compile(): Forwarding {
    const named = (...actions: ForwardedAction[]) => new Set(this.#actions.filter(({ action }) => actions.includes(action)).map(({ name }) => name.toLowerCase()))
    const kept = named('Append', 'Off')
    const passed = this.#passesAll ? FORWARDING : kept
    const written = new Set<string>()
    const steps = this.#actions.flatMap(({ name, action, valueOf }) => {
      const lower = name.toLowerCase()
      // Of the usual names nothing is there that was not passed on or written.
      const isThere = !FORWARDING.has(lower) || passed.has(lower) || written.has(lower)
      written.add(lower)
      return forwardingStep(name, action, valueOf, isThere) ?? []
    })
    return { steps, passed: this.#passesAll || kept.size > 0 ? passed : null, replaced: named('Set', 'Remove') }
  }
}

function forwardingStep(name: string, action: ForwardedAction, valueOf: ForwardedValue, isThere: boolean): RequestStep | null {
  const lower = name.toLowerCase()
  const take = isThere ? (draft: RequestDraft): void => void (draft.fields = withoutField(draft.fields, lower)) : null
  if (action === 'Off' || action === 'Remove') return action === 'Off' ? null : take
  return (draft, context) => {
    const came = action === 'Append' ? fieldValue(draft.fields, lower) || null : null
    const value = valueOf(draft, context, came !== null)
    if (came !== null && value === '') return
    take?.(draft)
    if (value !== '') draft.fields = withField(draft.fields, name, came === null ? value : `${came}, ${value}`)
  }
}
