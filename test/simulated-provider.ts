import { randomUUID } from 'node:crypto'
import { providerSignature, signatureHeader } from '../src/http/simulator/provider-signature.ts'
import type { TestBrand } from './test-brand.ts'

/** The secret that brands with a simulated sender are made with here: `testBrand(server, simulatedSms)`. */
const secret = 'a-secret-of-the-simulator'
export const simulatedSms = { smsConnector: 'sms-simulator', smsSecrets: { secret } }

export interface ToldOptions {
  /** Attempt token in the address, as in a status callback. */
  readonly token?: string
  readonly secret?: string
  /** Where to; default: the brand's SMS sender. */
  readonly path?: string
  readonly body?: string | Buffer
}

export interface SimulatedProvider {
  /** Calls the webhook with these events in one signed request. */
  tell(events: readonly unknown[], options?: ToldOptions): Promise<Response>
  /** One text of a consumer. */
  text(from: string, text: string, id?: string): Promise<Response>
}

/** A provider that says what a test wants, signed, to the hook of a brand's SMS sender. */
export function simulatedProvider(server: { readonly url: string }, brand: TestBrand): SimulatedProvider {
  const tell: SimulatedProvider['tell'] = async (events, options = {}) => {
    const query = options.token === undefined ? '' : `?attempt=${options.token}`
    const path = (options.path ?? `/hooks/sms-simulator/${brand.accountId}/${brand.smsSender.senderId}`) + query
    const body = options.body ?? JSON.stringify({ events })
    const signature = providerSignature(options.secret ?? secret, 'POST', path, body)
    const headers = { 'content-type': 'application/json', [signatureHeader]: signature }
    return fetch(server.url + path, { method: 'POST', headers, body: body as string })
  }
  return {
    tell,
    text: (from, text, id = randomUUID()) => tell([{ type: 'message', id, from, text }]),
  }
}
