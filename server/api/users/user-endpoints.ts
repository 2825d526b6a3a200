import Type from 'typebox'
import { strictObject, timestamp } from '../../../shared/schema/field.ts'
import { Person, PersonChange, PersonInput } from '../../../shared/schema/person.ts'
import { ROLES } from '../../../shared/schema/role.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { contains, oneOf, yesOrNo } from '../../lists/filters.ts'
import { defineList } from '../../lists/list.ts'
import { pageRows } from '../../lists/page-rows.ts'
import { findPerson } from '../../people/find-person.ts'
import { presentPerson } from '../../people/present-person.ts'
import { changePerson, createPerson, removePerson, resetPassword } from '../../people/write-person.ts'

const USER_LIST = defineList({
  sortable: {
    email: { attribute: 'email', type: 'text' },
    createdAt: { attribute: 'createdAt', type: 'moment' },
    lastSignInAt: { attribute: 'lastSignInAt', type: 'moment', nullable: true }
  },
  sort: 'email',
  unique: { attribute: 'id', type: 'uuid' },
  filters: { q: contains('email', 'Only addresses that contain this, letter case ignored.'), role: oneOf('role', ROLES, 'Only those with this role.'), enabled: yesOrNo('enabled', 'Only those who can sign in, or only those who cannot.') }
})

const one = { description: 'The person.', schema: Person }

/** People who sign in. */
export const userEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/users',
    permission: 'admin',
    tag: 'people',
    summary: 'List the people who may sign in',
    query: USER_LIST.query,
    answers: { 200: { description: 'A page of people.', schema: pageOf(Person) } },
    async handle({ deps, query }) {
      const { items, nextCursor } = await pageRows(deps.db.users, USER_LIST, query)
      return { status: 200, body: { items: items.map(presentPerson), nextCursor } }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/users/:id',
    permission: 'admin',
    tag: 'people',
    summary: 'Read a person',
    answers: { 200: one },
    handle: async ({ deps, params }) => ({ status: 200, body: presentPerson(await findPerson(deps.db, params['id'] ?? '')) })
  }),
  endpoint({
    method: 'POST',
    path: '/users',
    permission: 'admin',
    tag: 'people',
    summary: 'Make a person, who chooses a password at the first sign-in',
    body: PersonInput,
    answers: { 201: { description: 'The person.', schema: strictObject({ ...Person.properties, oneTimePassword: Type.Union([Type.String(), Type.Null()], { description: 'To sign in with for the first time, shown only here; null when you gave one.' }) }) } },
    audits: 'users.create',
    async handle(request) {
      const { row, password } = await createPerson(request, request.body)
      return { status: 201, body: { ...presentPerson(row), oneTimePassword: request.body.password === undefined ? password : null } }
    }
  }),
  endpoint({
    method: 'PATCH',
    path: '/users/:id',
    permission: 'admin',
    tag: 'people',
    summary: 'Change what a person may do: absent fields stay',
    body: PersonChange,
    answers: { 200: one },
    audits: 'users.update',
    handle: async (request) => ({ status: 200, body: presentPerson(await changePerson(request, request.params['id'] ?? '', request.body)) })
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/:id',
    permission: 'admin',
    tag: 'people',
    summary: 'Remove a person, with their sessions and API tokens',
    answers: { 204: { description: 'Removed.' } },
    audits: 'users.delete',
    async handle(request) {
      await removePerson(request, request.params['id'] ?? '')
      return { status: 204 }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/users/:id/password',
    permission: 'admin',
    tag: 'people',
    summary: 'Give a person a new one-time password; what they have open ends',
    answers: { 200: { description: 'The password, once.', schema: strictObject({ oneTimePassword: Type.String(), oneTimeUntil: timestamp() }) } },
    audits: 'users.password',
    async handle(request) {
      const { password, until } = await resetPassword(request, request.params['id'] ?? '')
      return { status: 200, body: { oneTimePassword: password, oneTimeUntil: until.toISOString() } }
    }
  })
]
