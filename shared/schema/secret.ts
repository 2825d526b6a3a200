import Type from 'typebox'
import { strictObject } from './field.ts'
import { commonFields, StoredFields, TenantCode } from './resource.ts'

const { description, labels } = commonFields

/** What stands between ${secret: and }. */
export const SecretName = Type.String({ title: 'Name', description: 'What transforms and providers call it. It never changes; letter case is ignored when two are compared.', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$', form: 'letters, digits, dots, underscores and hyphens, at most 100', maxLength: 100 })

const value = Type.String({ title: 'Value', description: 'Visible ASCII characters and spaces between them. Stored sealed and never answered.', minLength: 1, maxLength: 8192, pattern: '^[\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?$', form: 'visible ASCII characters, with spaces between them only' })

/** Body of POST /secrets. */
export const SecretUpload = strictObject({ name: SecretName, description, labels, tenantCode: Type.Optional(TenantCode), value }, { title: 'Secret upload' })
export type SecretUpload = Type.Static<typeof SecretUpload>

/** Body of PATCH /secrets/:id. */
export const SecretChange = strictObject(
  {
    description: Type.Optional(Type.Union([description, Type.Null()], { description: 'null clears it.' })),
    labels: Type.Optional(labels),
    value: Type.Optional(value)
  },
  { title: 'Secret change' }
)
export type SecretChange = Type.Static<typeof SecretChange>

/** A secret as the API shows it: never with its value. */
export const SecretItem = strictObject({ ...StoredFields.properties, name: SecretName, description, labels, tenantCode: Type.Optional(TenantCode) }, { title: 'secret' })
export type SecretItem = Type.Static<typeof SecretItem>
