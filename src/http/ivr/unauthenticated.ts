import { Problem } from '../../errors.ts'
import type { CredentialFault } from './credential-fault.ts'

/**
 * The one 401 of these doors, the same for every fault. RFC 9110 section 11.6.1: it names the schemes.
 * @param fault for the log alone.
 */
export function unauthenticated(fault: CredentialFault): Problem {
  return new Problem('unauthenticated', {
    headers: { 'www-authenticate': 'OAuth realm="c2m", Bearer realm="c2m"' },
    cause: fault,
  })
}
