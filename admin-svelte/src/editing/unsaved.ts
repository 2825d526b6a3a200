import type { Spec } from './spec.ts'

/** Input that was typed and not saved, with the version it was based on. */
export interface Unsaved {
  base: Spec
  value: Spec
  version: number
  /** What stands in the JSON view, when it is no JSON object. */
  json?: string
}

const PREFIX = 'gateway.unsaved:'

export function keepUnsaved(key: string, unsaved: Unsaved): void {
  try {
    sessionStorage.setItem(PREFIX + key, JSON.stringify(unsaved))
  } catch {
    // A full or forbidden storage only costs the safety net.
  }
}

export function readUnsaved(key: string): Unsaved | null {
  const text = sessionStorage.getItem(PREFIX + key)
  if (text === null) return null
  try {
    return JSON.parse(text) as Unsaved
  } catch {
    return null
  }
}

export function forgetUnsaved(key: string): void {
  sessionStorage.removeItem(PREFIX + key)
}

/** Forgets what everybody typed in this tab; for signing out. */
export function forgetAllUnsaved(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
}
