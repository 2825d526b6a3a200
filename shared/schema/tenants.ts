import Type from 'typebox'
import { TenantCode } from './resource.ts'

const codes = () => Type.Array(TenantCode, { minItems: 1, maxItems: 100, uniqueItems: true })
const description = 'The tenant codes it is limited to; null: not limited. An admin never is.'

export const TenantsOrNone = Type.Union([codes(), Type.Null()], { description })

/** What a person or a token is kept within. */
export const Tenants = Type.Union([codes(), Type.Null()], { description, default: null })
