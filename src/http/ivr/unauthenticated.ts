import { Problem } from '../../errors.ts'

/** The one 401 of these doors, the same for every fault. RFC 9110 section 11.6.1: it names the schemes. */
export function unauthenticated(): Problem {
  return new Problem('unauthenticated', {
    headers: { 'www-authenticate': 'OAuth realm="c2m", Bearer realm="c2m"' },
  })
}
