import Type from 'typebox'
import { flag, strictObject, token, words } from './field.ts'

export const PathMatch = strictObject(
  {
    type: words(['prefix', 'exact', 'pattern', 'regex'], { title: 'Type', description: 'prefix ends on a segment boundary; pattern is an ASP.NET route template; regex is RE2 syntax on the whole path.' }),
    value: Type.String({ title: 'Value', description: 'The path, template or expression.', minLength: 1, maxLength: 2048 }),
    caseSensitive: Type.Optional(Type.Boolean({ title: 'Case-sensitive', description: 'Letter case matters; yes by default, no for pattern.' }))
  },
  { title: 'Path', description: 'Which paths match; absent means every path.' }
)
export type PathMatch = Type.Static<typeof PathMatch>

const ruleValues = Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), { title: 'Values', description: 'One of these must fit.', default: [], maxItems: 64 })
const ruleCase = flag('Case-sensitive', 'Letter case of the value matters.', false)
const fieldName = token(256, { title: 'Name', description: 'Header name; letter case is ignored.' })
/** The .NET spelling of the fields (Name, Values) is taken too. */
const pascalCaseToo = { 'x-pascal-case': true }

export const HeaderRule = strictObject(
  {
    name: fieldName,
    values: ruleValues,
    mode: words(['ExactHeader', 'HeaderPrefix', 'Contains', 'NotContains', 'Exists', 'NotExists'], { title: 'Mode', description: 'How values are compared (YARP HeaderMatchMode).', default: 'ExactHeader' }),
    isCaseSensitive: ruleCase
  },
  { title: 'Header rule', description: 'What a header must be.', ...pascalCaseToo }
)
export type HeaderRule = Type.Static<typeof HeaderRule>

export const QueryRule = strictObject(
  {
    name: Type.String({ title: 'Name', description: 'Query parameter; letter case is ignored.', minLength: 1, maxLength: 256 }),
    values: ruleValues,
    mode: words(['Exact', 'Prefix', 'Contains', 'NotContains', 'Exists', 'NotExists'], { title: 'Mode', description: 'How values are compared (YARP QueryParameterMatchMode, plus NotExists).', default: 'Exact' }),
    isCaseSensitive: ruleCase
  },
  { title: 'Query rule', description: 'What a query parameter must be.', ...pascalCaseToo }
)
export type QueryRule = Type.Static<typeof QueryRule>

/** What a request must be for a route to take it; every criterion given must hold. */
export const Match = strictObject(
  {
    hosts: Type.Array(Type.String({ minLength: 1, maxLength: 261, format: 'host-pattern' }), { title: 'Hosts', description: 'host, host:port, *.suffix, *.suffix:port, *:port, host:* or *; Unicode and xn-- names.', default: [], maxItems: 256, uniqueItems: true }),
    path: Type.Optional(PathMatch),
    methods: Type.Array(token(32, { format: 'method' }), { title: 'Methods', description: 'Empty means every method.', default: [], maxItems: 32, uniqueItems: true }),
    headers: Type.Array(HeaderRule, { title: 'Headers', description: 'Rules that must all hold.', default: [], maxItems: 32 }),
    query: Type.Array(QueryRule, { title: 'Query', description: 'Rules that must all hold.', default: [], maxItems: 32 }),
    websocket: Type.Optional(Type.Boolean({ title: 'WebSocket', description: 'true: only upgrades; false: never upgrades; absent: both.' }))
  },
  { title: 'Match', description: 'What a request must be for the route to take it.', default: {} }
)
export type Match = Type.Static<typeof Match>
