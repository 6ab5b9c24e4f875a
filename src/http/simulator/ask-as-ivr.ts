import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'
import { Problem } from '../../errors.ts'
import { signingKeys } from '../../store/signing-keys.ts'
import { type AppJwts, appJwts } from '../ivr/app-jwt.ts'

/** One request to the published API as the IVR made it, and its answer; the token itself is never in it. */
export interface IvrExchange {
  readonly at: string
  readonly method: 'POST'
  readonly url: string
  readonly body: unknown
  readonly status: number
  /** Parsed JSON; the text when it is none. */
  readonly answer: unknown
  readonly ms: number
}

/**
 * The sandbox brand's IVR: calls the published API over HTTP, through the front door, with a bearer token of the brand's
 * first app install. Token and secrets stay in the server; the page that plays the phone sees request and answer.
 */
export function askAsIvr(deps: Deps) {
  const jwts = appJwts(signingKeys(deps.db, deps.cipher, deps.clock), deps.clock)

  /** @throws Problem `forbidden` when the brand has no app install that may do it, `unavailable` without an answer. */
  return async (account: AccountConfig, path: string, body: unknown): Promise<IvrExchange> => {
    const sender = [...account.senders.values()].find(({ connector }) => connector.endsWith('-simulator'))
    if (sender === undefined) throw new Problem('not-found')
    const authorization = `Bearer ${await tokenOf(jwts, account)}`
    const url = `${deps.publicUrl}/api/account/${account.accountId}${path}`
    const http = deps.outbound(sender, () => {})
    const at = deps.clock.now().toISOString()
    const began = deps.clock.monotonic()
    const headers = { authorization, 'content-type': 'application/json' }
    const { status, text } = await http({ method: 'POST', url, headers, body: JSON.stringify(body) }).catch(() => {
      throw new Problem('unavailable', { details: ['The pretend IVR had no answer from this server.'] })
    })
    const ms = Math.round((deps.clock.monotonic() - began) * 10) / 10
    return { at, method: 'POST', url, body, status, answer: parsed(text), ms }
  }
}

async function tokenOf(jwts: AppJwts, { accountId, appInstalls }: AccountConfig): Promise<string> {
  const app = [...appInstalls.values()].find(
    (one) => one.enabled && !one.internal && one.privileges.includes('ivr.engagement'),
  )
  if (app === undefined) {
    throw new Problem('forbidden', { details: ['The brand has no app install that may engage callers.'] })
  }
  return (await jwts.issue(accountId, { ...app, privileges: ['ivr.engagement'] })).token
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
