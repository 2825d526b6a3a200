import Type, { type TSchema } from 'typebox'
import { type EventKind, GatewayEvent } from './event.ts'
import { line, strictObject, timestamp, uuid, words } from './field.ts'
import { StoredFields, TenantCode } from './resource.ts'

/** Every kind of event. */
export const EVENT_KINDS = (GatewayEvent as unknown as { anyOf: { properties: { kind: { enum: [EventKind] } } }[] }).anyOf.map(({ properties }) => properties.kind.enum[0])

/** Webhooks that there may be, and deliveries that may wait for one; further events are not kept for it. */
export const MOST_WEBHOOKS = 100
export const MOST_WAITING = 10_000

const name = line(200, { title: 'Name', description: 'Unique among webhooks; letter case is ignored.' })
const url = Type.String({ title: 'URL', minLength: 1, maxLength: 2000, description: 'https, without credentials and fragment. http is for loopback addresses only, where WEBHOOK_PRIVATE_TARGETS allows these. Redirects are not followed.' })
const events = Type.Array(words(EVENT_KINDS as [EventKind, ...EventKind[]]), { title: 'Events', minItems: 1, maxItems: 64, uniqueItems: true, description: 'The kinds of event that are sent.' })
const tenant = Type.Optional(TenantCode)
const enabled = Type.Boolean({ title: 'Enabled', default: true, description: 'To a disabled webhook nothing is sent, and for it nothing is kept.' })

/** Body of POST /webhooks. */
export const WebhookUpload = strictObject({ name, url, events, tenantCode: tenant, enabled }, { title: 'Webhook upload' })
export type WebhookUpload = Type.Static<typeof WebhookUpload>

/** Body of PATCH /webhooks/:id. */
export const WebhookChange = strictObject(
  {
    name: Type.Optional(name),
    url: Type.Optional(url),
    events: Type.Optional(events),
    tenantCode: Type.Optional(Type.Union([TenantCode, Type.Null()], { description: 'null: events of every tenant.' })),
    enabled: Type.Optional(Type.Boolean())
  },
  { title: 'Webhook change' }
)
export type WebhookChange = Type.Static<typeof WebhookChange>

/** A webhook as the API shows it: never with its secret. */
export const WebhookItem = strictObject(
  {
    ...StoredFields.properties,
    name,
    url,
    events,
    tenantCode: tenant,
    enabled: Type.Boolean(),
    previousSecretUntil: Type.Union([timestamp(), Type.Null()], { description: 'Until then the secret before the last rotation signs too.' })
  },
  { title: 'webhook' }
)
export type WebhookItem = Type.Static<typeof WebhookItem>

const secret = Type.String({ description: 'whsec_ and base64 of the key that signs; shown only in this answer.' })
export const WebhookWithSecret = strictObject({ ...WebhookItem.properties, secret }, { title: 'webhook with its secret' })

/** What becomes of one event for one webhook. */
export const WebhookDelivery = strictObject(
  {
    id: uuid(),
    eventId: uuid({ description: 'webhook-id of the request: the same at each attempt, to tell repetitions by.' }),
    kind: Type.String({ description: 'Of the event; test for one that was asked for.' }),
    state: words(['pending', 'delivered', 'failed'], { description: 'failed: nothing more is tried until somebody asks for it.' }),
    attempts: Type.Integer({ minimum: 0 }),
    nextAt: Type.Union([timestamp(), Type.Null()], { description: 'When it is tried next.' }),
    lastStatus: Type.Union([Type.Integer(), Type.Null()], { description: 'Status of the last answer; null: there was none.' }),
    lastError: Type.Union([Type.String(), Type.Null()], { description: 'Why the last attempt failed.' }),
    lastMs: Type.Union([Type.Integer(), Type.Null()], { description: 'Milliseconds of the last attempt.' }),
    createdAt: timestamp(),
    endedAt: Type.Union([timestamp(), Type.Null()])
  },
  { title: 'webhook delivery' }
)
export type WebhookDelivery = Type.Static<typeof WebhookDelivery>

/** Body of the requests that are sent: the event and its id. `kind` is test, and `data` empty, for one that was asked for. */
export const WebhookBody: TSchema = Type.Union([
  ...(GatewayEvent as unknown as { anyOf: { properties: Record<string, TSchema> }[] }).anyOf.map(({ properties }) => strictObject({ id: uuid(), ...properties })),
  strictObject({ id: uuid(), kind: words(['test']), at: timestamp(), data: strictObject({}) })
])
