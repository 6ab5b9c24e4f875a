// The file and not the package: the package's front door loads every product of Twilio's, 15 MB of them.
import { validateRequest, validateRequestWithBody } from 'twilio/lib/webhooks/webhooks.js'
import type { Sender } from '../../domain/sender.ts'
import { type RawHook, Unauthentic } from '../connector.ts'
import { accountSettingsOf } from './account-settings.ts'
import { hookFields } from './hook-fields.ts'

/**
 * Twilio signs the URL it called (never its fragment) and, of a form, every parameter; of a JSON body the hash, which it
 * puts into the URL. Either Auth Token will do, so that tokens can be changed without losing a webhook.
 * @throws Unauthentic
 */
export function verify(hook: RawHook, sender: Sender): void {
  const signature = hook.headers['x-twilio-signature']
  if (signature === undefined || signature === '') throw new Unauthentic('no X-Twilio-Signature')
  const settings = accountSettingsOf(sender)
  const tokens = [settings.authToken, settings.secondaryAuthToken].filter((token) => token !== null && token !== '')
  const url = hook.url.replace(/#.*$/s, '')
  const content = hookFields(hook)
  if (content.kind === 'none') throw new Unauthentic('neither a form nor JSON')
  if (content.kind === 'json' && !new URL(url).searchParams.has('bodySHA256'))
    throw new Unauthentic('a JSON body whose hash is not in the signed URL')
  // A GET's parameters are part of the URL already.
  const signed = hook.method === 'GET' ? {} : content.fields
  const genuine = tokens.some((token) =>
    content.kind === 'json'
      ? validateRequestWithBody(token!, signature, url, content.text)
      : validateRequest(token!, signature, url, signed),
  )
  if (!genuine) throw new Unauthentic('the signature does not fit')
}
