import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Sender } from '../../domain/sender.ts'
import { type HookAnswer, type RawHook, Unauthentic } from '../connector.ts'
import { settingsOf } from './settings.ts'

/**
 * A GET is the handshake and proves itself by our verify token; a POST by an HMAC over the bytes as they came: Meta escapes
 * what is not ASCII in ways of its own, so no JSON written again would fit. Meta does not sign the address.
 * @throws Unauthentic
 */
export function verify(hook: RawHook, sender: Sender): void {
  const settings = settingsOf(sender)
  if (hook.method === 'GET') {
    const query = new URL(hook.url).searchParams
    if (query.get('hub.mode') !== 'subscribe') throw new Unauthentic('no handshake')
    if (!same(query.get('hub.verify_token') ?? '', settings.verifyToken))
      throw new Unauthentic('the verify token does not fit')
    return
  }
  const signature = hook.headers['x-hub-signature-256'] ?? ''
  const right = createHmac('sha256', settings.appSecret).update(hook.body).digest('hex')
  // With no secret anybody could make the signature.
  if (settings.appSecret === '' || !same(signature, `sha256=${right}`))
    throw new Unauthentic('the signature does not fit')
}

/** Hashes first: the comparison then takes as long for any length, and an empty secret fits nothing. */
function same(given: string, wanted: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(wanted)) && wanted !== ''
}

/** The handshake's challenge as it came, plain; to everything else an empty yes. */
export function answer(hook: RawHook): HookAnswer {
  const challenge = hook.method === 'GET' ? (new URL(hook.url).searchParams.get('hub.challenge') ?? '') : ''
  return { status: 200, contentType: 'text/plain; charset=utf-8', body: challenge }
}
