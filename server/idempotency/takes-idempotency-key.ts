import type { Endpoint } from '../http/endpoint.ts'

/** Requests that make something, or publish, may carry an Idempotency-Key. */
export function takesIdempotencyKey({ method, permission, answers }: Pick<Endpoint, 'method' | 'permission' | 'answers'>): boolean {
  return method === 'POST' && permission !== 'public' && permission !== 'node' && 201 in answers
}
