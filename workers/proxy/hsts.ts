import { withoutField } from '../../shared/transforms/header-lines.ts'

/** The fields of an answer over https with the listener's own Strict-Transport-Security, in place of the origin's. */
export function withHsts(fields: string, hsts: string): string {
  return hsts === '' ? fields : withoutField(fields, 'strict-transport-security') + hsts
}
