import Type from 'typebox'

export const LABEL_NAME = '^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$'
export const MOST_LABELS = 64

/** Names and values by which nodes are chosen. */
export const Labels = Type.Record(Type.String({ pattern: LABEL_NAME }), Type.String({ maxLength: 256 }), { default: {}, maxProperties: MOST_LABELS, description: 'Such as zone.' })
