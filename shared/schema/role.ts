/** Roles from the one that may least to the one that may everything. */
export const ROLES = ['viewer', 'editor', 'publisher', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Whether `role` includes everything `needed` may do. */
export function includesRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}
