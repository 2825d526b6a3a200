import { AppError } from '../../http/app-error.ts'

/** The `:revision` of a path. @throws AppError not_found for what is no revision number. */
export function revisionFrom(params: Record<string, string>): number {
  const text = params['revision'] ?? ''
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new AppError('not_found', { message: 'A revision is a number, 1 or more.' })
  return Number(text)
}
