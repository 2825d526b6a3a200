/* Fills the endpoints of /api/docs from the OpenAPI document, and lets them be searched. Runs in the browser as it is. */
const byId = (id) => document.getElementById(id)
const endpoints = [...document.querySelectorAll('.endpoint')]
const loading = fetch('/api/v1/openapi.json').then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`openapi.json answered ${answer.status}`))))
loading.catch(() => {})

/** An element with text or other elements in it; text is never taken for HTML. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split('/').at(-1)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return schema.anyOf.length > 4 ? 'one of several' : [...new Set(schema.anyOf.map(typeOf))].join(' | ')
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`
  if (schema.type === 'object') return schema.title ?? 'object'
  const bounds = [schema.minimum !== undefined ? `from ${schema.minimum}` : '', schema.maximum !== undefined ? `to ${schema.maximum}` : '', schema.maxLength !== undefined ? `at most ${schema.maxLength} characters` : ''].filter(Boolean)
  return [schema.type ?? 'anything', schema.form ?? bounds.join(' ')].filter(Boolean).join(', ')
}

function innerOf(schema, api) {
  if (schema.$ref) return schema.$ref.split('/').slice(1).reduce((node, key) => node?.[key], api) ?? {}
  if (schema.type === 'array') return innerOf(schema.items ?? {}, api)
  if (schema.anyOf?.length === 2 && schema.anyOf[1].type === 'null') return innerOf(schema.anyOf[0], api)
  return schema
}

/** The fields of a schema; those that have fields of their own open when they are asked for. */
function fieldsOf(schema, api) {
  const inner = innerOf(schema, api)
  const list = element('div', { class: 'schema' })
  const options = inner.anyOf ?? []
  for (const option of options.filter((one) => one.properties)) list.append(opening(option.description ?? option.title ?? typeOf(option), '', option, api))
  for (const [name, field] of Object.entries(inner.properties ?? {})) {
    const facts = `${typeOf(field)}${inner.required?.includes(name) ? '' : ', optional'}${field.default === undefined ? '' : `, default ${JSON.stringify(field.default)}`}`
    const target = innerOf(field, api)
    if (target.properties || target.anyOf?.some((one) => one.properties)) list.append(opening(name, `${facts}. ${field.description ?? ''}`, field, api))
    else list.append(element('div', {}, element('code', {}, name), ' ', element('span', { class: 'type' }, facts), ` ${field.description ?? ''}`))
  }
  return list
}

function opening(name, facts, schema, api) {
  const details = element('details', {}, element('summary', {}, element('code', {}, name), ' ', element('span', { class: 'type' }, facts)))
  details.addEventListener('toggle', () => details.append(fieldsOf(schema, api)), { once: true })
  return details
}

function copyable(title, text) {
  const button = element('button', { type: 'button' }, 'Copy')
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(text).then(() => (button.textContent = 'Copied'), () => (button.textContent = 'Select it by hand'))
    setTimeout(() => (button.textContent = 'Copy'), 2000)
  })
  return [element('h3', { class: 'copied' }, title, button), element('pre', { tabindex: '0' }, text)]
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`

function curlOf(method, path, operation) {
  const lines = [`curl -X ${method} ${quoted(`${location.origin}/api/v1${path}`)}`]
  if (operation.security?.length !== 0) lines.push('-H "Authorization: Bearer $GATEWAY_TOKEN"')
  if (operation.parameters?.some(({ name }) => name === 'If-Match')) lines.push(`-H 'If-Match: "1"'`)
  const body = operation.requestBody?.content['application/json'].example
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`)
  return lines.join(' \\\n  ')
}

function parametersOf(parameters) {
  const rows = parameters.map(({ name, in: place, required, description, schema }) => element('tr', {}, element('td', {}, element('code', {}, name)), element('td', {}, `${place}${required ? ', required' : ''}`), element('td', {}, typeOf(schema ?? {})), element('td', {}, description ?? '')))
  return [element('h3', {}, 'Parameters'), element('table', {}, element('tbody', {}, ...rows))]
}

function contentOf(title, description, content, api) {
  const { schema, example } = content ?? {}
  const parts = [element('h3', {}, title), element('p', {}, description ?? '')]
  if (schema) parts.push(opening('Fields', typeOf(schema), schema, api))
  if (example !== undefined) parts.push(...copyable('Example', JSON.stringify(example, null, 2)))
  return parts
}

function fill(details, api) {
  const { method, path } = details.dataset
  const operation = api.paths[path]?.[method.toLowerCase()]
  if (operation === undefined) return
  const into = details.querySelector(':scope > div')
  if (operation.parameters?.length) into.append(...parametersOf(operation.parameters))
  into.append(...copyable('Try it', curlOf(method, path, operation)))
  if (operation.requestBody) into.append(...contentOf('Request body', '', operation.requestBody.content['application/json'], api))
  const answers = Object.entries(operation.responses)
  for (const [status, { description, content }] of answers.filter(([code]) => /^[23]/.test(code))) into.append(...contentOf(`Answer ${status}`, description, content?.['application/json'], api))
  const errors = answers.filter(([code]) => /^[45]/.test(code)).map(([status, { description }]) => element('tr', {}, element('td', {}, status), element('td', {}, description)))
  into.append(element('h3', {}, 'Errors'), element('table', {}, element('tbody', {}, ...errors)))
}

for (const details of endpoints) {
  details.addEventListener('toggle', () => {
    loading.then((api) => fill(details, api), (error) => details.querySelector(':scope > div').append(element('p', {}, error.message)))
  }, { once: true })
}

/** What can be found of an endpoint: what the list shows, and once the document is there, all its words. */
const words = new Map(endpoints.map((details) => [details, details.textContent.toLowerCase()]))
loading.then((api) => {
  for (const [details, text] of words) {
    const operation = api.paths[details.dataset.path]?.[details.dataset.method.toLowerCase()]
    const names = JSON.stringify([operation?.parameters, operation?.requestBody?.content['application/json'].schema]).match(/"(?!type|properties|description|pattern)\w+":/g) ?? []
    words.set(details, `${text} ${[...new Set(names)].join(' ').toLowerCase()}`)
  }
}).catch(() => {})

function search() {
  const parts = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const details of endpoints) details.hidden = !parts.every((part) => words.get(details).includes(part))
  for (const row of document.querySelectorAll('#errors tbody tr')) row.hidden = !parts.every((part) => row.textContent.toLowerCase().includes(part))
  for (const section of document.querySelectorAll('section')) section.hidden = !section.querySelector('.endpoint:not([hidden]), tbody tr:not([hidden])')
  byId('none').hidden = document.querySelector('section:not([hidden])') !== null
}
byId('search').addEventListener('input', search)
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.matches('input')) return
  event.preventDefault()
  byId('search').focus()
})

const THEMES = ['auto', 'light', 'dark']
function showTheme(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  byId('theme').textContent = `Theme: ${theme}`
}
let theme = THEMES.includes(localStorage.getItem('api-docs-theme')) ? localStorage.getItem('api-docs-theme') : 'auto'
byId('theme').hidden = false
byId('theme').addEventListener('click', () => {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]
  localStorage.setItem('api-docs-theme', theme)
  showTheme(theme)
})
showTheme(theme)

/** A link to one endpoint opens it. */
function openLinked() {
  const linked = location.hash.length > 1 ? byId(decodeURIComponent(location.hash.slice(1))) : null
  if (linked?.matches('.endpoint')) linked.open = true
}
addEventListener('hashchange', openLinked)
openLinked()
