import type { TlsPolicy } from '../schema/tls-policy.ts'
import { type DecodeContext, report } from './decode-context.ts'
import type { Loose } from './loose.ts'

/** Checks across the fields of a TLS policy. */
export function refineTlsPolicy(policy: Loose<TlsPolicy>, context: DecodeContext): void {
  if (policy.minVersion === 'TLSv1.3' && policy.maxVersion === 'TLSv1.2') report(context, 'invalid_value', 'maxVersion must not be older than minVersion', 'maxVersion')
  const { mode, caPem } = policy.clientAuth ?? {}
  context.path.push('clientAuth')
  if (mode !== undefined && mode !== 'none' && caPem === undefined) report(context, 'required', `caPem is required where clients ${mode === 'require' ? 'must' : 'may'} show a certificate`, 'caPem')
  if (caPem !== undefined && !/-----BEGIN CERTIFICATE-----/.test(caPem)) report(context, 'invalid_value', 'caPem must hold certificates in PEM form (-----BEGIN CERTIFICATE-----)', 'caPem')
  context.path.pop()
}
