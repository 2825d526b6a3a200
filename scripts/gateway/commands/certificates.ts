import type { CertificateItem } from '../../../shared/schema/certificate.ts'
import { type Command, command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { findNamed, ifMatch } from '../find-named.ts'
import type { Output } from '../output.ts'
import { usage } from '../parse-command.ts'
import { readFile } from '../read-file.ts'

interface AcmeName { name: string; certificateId: string; status: string; attempts: number; nextAt: string | null; lastError: string | null }

export const certificateCommands: readonly Command[] = [
  command({
    name: 'certificates list',
    summary: 'The certificates, and how those that come by ACME do',
    examples: ['gateway certificates list'],
    async run({ api, out }) {
      const [items, acme] = await Promise.all([api.all<CertificateItem>('/certificates'), api.all<AcmeName>('/acme')])
      if (out.isJson) {
        out.json({ certificates: items, acme })
        return EXIT.done
      }
      out.table(['name', 'status', 'expires', 'domains', 'source', 'id'], items.map(({ name, status, notAfter, domains, source, id }) => [name, status, notAfter.slice(0, 10), domains.join(' '), source, id]))
      if (acme.length > 0) {
        out.line('')
        out.table(['acme name', 'status', 'next', 'last error'], acme.map(({ name, status, nextAt, lastError }) => [name, status, nextAt, lastError]))
      }
      return EXIT.done
    }
  }),
  command({
    name: 'certificates upload',
    summary: 'Store a certificate with its key, or replace one; what replaces serves at once, without a publish',
    args: [{ name: 'NAME', help: 'a name of your choice' }],
    options: {
      certificate: { value: 'FILE', help: 'PEM of the certificate and of those that signed it' },
      key: { value: 'FILE', help: 'PEM of its unencrypted private key; "-" is standard input' },
      tenant: { value: 'CODE', help: 'the tenant it belongs to' },
      replace: { help: 'there is one of this name: replace its chain and key' }
    },
    examples: ['gateway certificates upload shop --certificate chain.pem --key key.pem', 'gateway certificates upload shop --certificate chain.pem --key key.pem --replace'],
    async run({ api, out, args, options, readInput }) {
      if (options.certificate === undefined || options.key === undefined) throw usage('"gateway certificates upload" needs --certificate FILE and --key FILE')
      const name = args[0] ?? ''
      const [certificatePem, privateKeyPem] = [await readFile(options.certificate, readInput), await readFile(options.key, readInput)]
      if (options.replace) {
        const stored = await findNamed<CertificateItem>(api, 'certificates', name, options.tenant)
        return tell(out, await api.send<CertificateItem>('PATCH', `/certificates/${stored.id}`, { certificatePem, privateKeyPem }, ifMatch(stored)))
      }
      return tell(out, await api.send<CertificateItem>('POST', '/certificates', { name, certificatePem, privateKeyPem, ...options.tenant === undefined ? {} : { tenantCode: options.tenant } }))
    }
  }),
  command({
    name: 'certificates issue',
    summary: 'Order the certificate of a name by ACME now, also one that failed for good',
    details: 'The name must come by ACME already: a TLS policy names it. See "gateway certificates list" for how it does.',
    args: [{ name: 'DOMAIN', help: 'such as shop.example' }],
    examples: ['gateway certificates issue shop.example'],
    async run({ api, out, args }) {
      const name = await api.send<AcmeName>('POST', `/acme/${encodeURIComponent(args[0] ?? '')}/order`)
      if (out.isJson) out.json(name)
      else out.line(`${name.name} is ordered within a minute`)
      return EXIT.done
    }
  }),
  command({
    name: 'certificates self-signed',
    summary: 'Make a certificate that vouches for itself, for development',
    args: [{ name: 'NAME', help: 'a name of your choice' }],
    options: { domain: { value: 'NAME', isMultiple: true, help: 'DNS name or IP address that it is for' } },
    examples: ['gateway certificates self-signed dev --domain localhost --domain 127.0.0.1'],
    async run({ api, out, args, options }) {
      if (options.domain.length === 0) throw usage('"gateway certificates self-signed" needs --domain NAME')
      return tell(out, await api.send<CertificateItem>('POST', '/self-signed-certificates', { name: args[0], domains: options.domain }))
    }
  })
]

function tell(out: Output, item: CertificateItem): number {
  if (out.isJson) out.json(item)
  else out.table(['name', 'status', 'expires', 'domains', 'id'], [[item.name, item.status, item.notAfter.slice(0, 10), item.domains.join(' '), item.id]])
  return EXIT.done
}
