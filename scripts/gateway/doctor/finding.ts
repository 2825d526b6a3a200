/** What one check of the doctor found. */
export interface Finding {
  readonly what: string
  readonly state: 'ok' | 'warning' | 'error' | 'skipped'
  readonly found: string
  /** What to do about it; empty when there is nothing to do. */
  readonly fix: string
}

export function ok(what: string, found: string): Finding {
  return { what, state: 'ok', found, fix: '' }
}

export function skipped(what: string, why: string): Finding {
  return { what, state: 'skipped', found: why, fix: '' }
}

export function warning(what: string, found: string, fix: string): Finding {
  return { what, state: 'warning', found, fix }
}

export function wrong(what: string, found: string, fix: string): Finding {
  return { what, state: 'error', found, fix }
}
