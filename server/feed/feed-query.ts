import Type from 'typebox'
import { strictObject, timestamp } from '../../shared/schema/field.ts'

export const FeedQuery = strictObject({
  since: Type.Optional(timestamp({ description: 'Events from this moment on come first, as far as this process heard them; those of the same millisecond may come again.' })),
  metrics: Type.String({ pattern: '^(true|false)$', form: 'true or false', default: 'true', description: "false: without each second's metrics." })
})
