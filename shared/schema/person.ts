import Type from 'typebox'
import { strictObject, timestamp, uuid, words } from './field.ts'
import { ROLES } from './role.ts'
import { Tenants, TenantsOrNone } from './tenants.ts'

export const Email = Type.String({ pattern: '^[^\\s@]+@[^\\s@]+$', form: 'an email address', minLength: 3, maxLength: 254 })

/** A password that somebody chooses; what is asked for at sign-in is any text. */
export const NewPassword = Type.String({ minLength: 12, maxLength: 1024, form: '12 to 1024 characters' })

const role = words([...ROLES], { description: 'What the person may do.' })
const nullableMoment = (description: string) => Type.Union([timestamp(), Type.Null()], { description })

/** Body of POST /users. */
export const PersonInput = strictObject({
  email: Email,
  role,
  tenants: Tenants,
  password: Type.Optional(Type.String({ minLength: 12, maxLength: 1024, form: '12 to 1024 characters', description: 'To sign in with for the first time; made and answered once when absent.' }))
}, { title: 'Person' })
export type PersonInput = Type.Static<typeof PersonInput>

/** Body of PATCH /users/:id; what is not named stays. */
export const PersonChange = strictObject({
  role: Type.Optional(role),
  tenants: Type.Optional(TenantsOrNone),
  enabled: Type.Optional(Type.Boolean({ description: 'false: cannot sign in, and what is open ends at once.' }))
}, { title: 'Person change' })
export type PersonChange = Type.Static<typeof PersonChange>

/** A person as the API shows it. */
export const Person = strictObject({
  id: uuid(),
  email: Type.String(),
  role,
  tenants: Tenants,
  enabled: Type.Boolean(),
  oneTimeUntil: nullableMoment('The password is a one-time password, good until then; null: the person chose it.'),
  lockedUntil: nullableMoment('Too many wrong passwords: no sign-in before.'),
  lastSignInAt: nullableMoment('null: never.'),
  createdAt: timestamp()
}, { title: 'person' })
export type Person = Type.Static<typeof Person>
