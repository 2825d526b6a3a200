import type { SecretItem } from '../../../shared/schema/secret.ts'
import { becomeProgram } from '../become-program.ts'
import { type Command, command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { findNamed, ifMatch } from '../find-named.ts'
import { usage } from '../parse-command.ts'

export const secretCommands: readonly Command[] = [
  command({
    name: 'secrets list',
    summary: 'The names of the secrets; never their values',
    examples: ['gateway secrets list'],
    async run({ api, out }) {
      const items = await api.all<SecretItem>('/secrets')
      if (out.isJson) out.json(items)
      else out.table(['name', 'tenant', 'changed', 'by', 'id'], items.map(({ name, tenantCode, updatedAt, updatedBy, id }) => [name, tenantCode, updatedAt, updatedBy, id]))
      return EXIT.done
    }
  }),
  command({
    name: 'secrets set',
    summary: 'Store a secret, or give it a new value that is used at once',
    details: 'The value comes from standard input, because other users of the machine can read arguments. One line end behind it is taken off.',
    args: [{ name: 'NAME', help: 'what ${secret:NAME} and providers call it' }],
    options: { tenant: { value: 'CODE', help: 'the tenant it belongs to, where it is new' } },
    examples: ['gateway secrets set shop-token < token.txt', 'openssl rand -hex 32 | gateway secrets set shop-token'],
    async run({ api, out, args, options, readInput }) {
      const name = args[0] ?? ''
      if (process.stdin.isTTY) out.note('the value, then Enter and Ctrl-D:')
      const value = (await readInput()).replace(/\r?\n$/, '')
      if (value === '') throw usage(`the value of "${name}" comes from standard input, and there was nothing`)
      const stored = await findNamed<SecretItem>(api, 'secrets', name).catch((error: unknown) => {
        if (error instanceof Failure && error.code === 'not_found') return null
        throw error
      })
      const item = stored === null
        ? await api.send<SecretItem>('POST', '/secrets', { name, value, ...options.tenant === undefined ? {} : { tenantCode: options.tenant } })
        : await api.send<SecretItem>('PATCH', `/secrets/${stored.id}`, { value }, ifMatch(stored))
      if (out.isJson) out.json(item)
      else out.line(`${item.name} is ${stored === null ? 'stored' : 'changed'}`)
      return EXIT.done
    }
  }),
  command({
    name: 'secrets rotate',
    summary: 'Seal every private key and secret in the database with another SECRETS_KEY, all or nothing',
    details: 'Stop control-web and control-jobs before, and start them with the new key. Data nodes serve on; what is derived from the key is made anew: TLS sessions are not resumed once, affinity cookies are given out again. Reads DATABASE_URL, SECRETS_KEY and NEW_SECRETS_KEY.',
    examples: ['NEW_SECRETS_KEY=$(cat new.key) gateway secrets rotate'],
    run: ({ env }) => becomeProgram('server/rotate-secrets', [], env)
  })
]
