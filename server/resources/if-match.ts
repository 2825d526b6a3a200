import { AppError } from '../http/app-error.ts'

/**
 * The version in an If-Match header (RFC 9110 section 13.1.1).
 * @throws AppError precondition_required when it is missing or is not a version of ours.
 */
export function versionFrom(ifMatch: string): number {
  const version = Number(/^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch.trim())?.[1])
  if (!Number.isInteger(version)) throw new AppError('precondition_required', { message: 'Send If-Match: "VERSION" with the version you read.' })
  return version
}

export function etagOf(version: number): string {
  return `"${version}"`
}
