import { Value } from 'typebox/value'
import { newsOf } from '../../shared/health/news-of.ts'
import { HealthNews, TargetHealth } from '../../shared/schema/target-health.ts'

/** Longest text that is looked at: a message, or a field of a hash with its history. */
const MAX_CHARACTERS = 16_384

/** A message about a target, or null when it is something else. */
export function decodeHealthNews(text: string): HealthNews | null {
  const value = parsed(text)
  return Value.Check(HealthNews, value) ? value : null
}

/** What Redis keeps about a target, without its history; null when it is something else. */
export function decodeTargetHealth(text: string): HealthNews | null {
  const value = parsed(text)
  return Value.Check(TargetHealth, value) ? newsOf(value) : null
}

function parsed(text: string): unknown {
  if (text.length > MAX_CHARACTERS) return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
