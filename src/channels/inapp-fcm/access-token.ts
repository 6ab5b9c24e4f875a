import { createHash } from 'node:crypto'
import { importPKCS8, SignJWT } from 'jose'
import { isRecord } from '../../domain/outside-data.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import { retryAfterMs } from '../retry-after.ts'
import type { ServiceAccount } from './settings.ts'

const scope = 'https://www.googleapis.com/auth/firebase.messaging'
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** A token is not used in its last five minutes: Google's clock and ours may differ. */
const marginSeconds = 300
/** Far more service accounts than one process serves; the oldest goes. */
const mostKept = 500

interface Kept {
  readonly token: string
  /** By `Date.now()`: from here on it is fetched anew. */
  readonly until: number
}

const kept = new Map<string, Kept>()
const underWay = new Map<string, Promise<string>>()

/**
 * The service account's access token: the kept one while it is good, else a new one. However many sends need it at once,
 * one of them fetches it.
 * @param refused a token that FCM did not take although it looked good: never given again.
 * @throws SendFailure: no message has left by then, so only a wrong key is final (`misconfigured`).
 */
export async function accessToken(account: ServiceAccount, http: OutboundHttp, refused?: string): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(account)).digest('base64url')
  for (;;) {
    const known = kept.get(key)
    if (known !== undefined && known.token !== refused && Date.now() < known.until) return known.token
    const running = underWay.get(key)
    if (running === undefined) break
    try {
      return await running
    } catch (error) {
      // What the fetching send was stopped by, its own lost claim, is not this one's failure.
      if (error instanceof SendFailure) throw error
    }
  }
  const fetched = fetchToken(account, http).then(({ token, seconds }) => {
    kept.delete(key)
    kept.set(key, { token, until: Date.now() + (seconds - marginSeconds) * 1000 })
    const oldest = kept.keys().next().value
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    return token
  })
  const run = fetched.finally(() => underWay.delete(key))
  underWay.set(key, run)
  return run
}

async function fetchToken(account: ServiceAccount, http: OutboundHttp): Promise<{ token: string; seconds: number }> {
  const assertion = await signed(account)
  let answer: OutboundAnswer
  try {
    answer = await http({
      method: 'POST',
      url: account.tokenUri,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({ grant_type: grantType, assertion }).toString(),
      hide: { secrets: [assertion], texts: [] },
    })
  } catch (error) {
    // Whatever became of the question about the token: the message itself has not been sent.
    if (!(error instanceof SendFailure)) throw error
    throw new SendFailure('unreachable', { detail: `the token endpoint did not answer: ${error.message}` })
  }
  const body = parsed(answer.text)
  if (answer.status === 200 && typeof body.access_token === 'string' && body.access_token !== '') {
    const seconds = typeof body.expires_in === 'number' && body.expires_in > 0 ? body.expires_in : 0
    return { token: body.access_token, seconds: Math.min(seconds, 3600) }
  }
  const code = typeof body.error === 'string' && /^[a-z_]{1,40}$/.test(body.error) ? body.error : String(answer.status)
  const detail = `the token endpoint answered ${answer.status} ${code}`
  if (answer.status === 429)
    throw new SendFailure('throttled', { providerCode: code, retryAfterMs: retryAfterMs(answer), detail })
  const isRefusal = answer.status >= 400 && answer.status < 500 && answer.status !== 408
  throw new SendFailure(isRefusal ? 'misconfigured' : 'unreachable', { providerCode: code, detail })
}

async function signed(account: ServiceAccount): Promise<string> {
  try {
    const key = await importPKCS8(account.privateKey, 'RS256')
    const now = Math.floor(Date.now() / 1000)
    return await new SignJWT({ scope })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(account.privateKeyId ? { kid: account.privateKeyId } : {}) })
      .setIssuer(account.clientEmail)
      .setAudience(account.tokenUri)
      .setIssuedAt(now)
      .setExpirationTime(now + 3600)
      .sign(key)
  } catch {
    throw new SendFailure('misconfigured', { detail: 'the private key of the service account cannot be read' })
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}
