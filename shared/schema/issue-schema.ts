import Type from 'typebox'
import { strictObject, words } from './field.ts'

/** `Issue` of issue.ts as a schema, for messages and OpenAPI. */
export const IssueSchema = strictObject({
  path: Type.String({ maxLength: 1024, description: 'JSON pointer (RFC 6901) to the field; "" is the whole.' }),
  code: Type.String({ maxLength: 64, description: 'Stable code, snake_case.' }),
  message: Type.String({ maxLength: 2048, description: 'What is wrong and how to mend it.' }),
  severity: words(['error', 'warning'])
})
