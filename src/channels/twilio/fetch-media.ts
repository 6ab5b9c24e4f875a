import type { Sender } from '../../domain/sender.ts'
import type { HeardMedia } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import { type AccountSettings, accountSettingsOf } from './account-settings.ts'
import { callTwilio } from './call-twilio.ts'
import { createFailure } from './error-codes.ts'

/** The largest file WhatsApp carries over Twilio; MMS stays below. */
const mostBytes = 16 * 1024 * 1024
/** Twilio sends us on to where the file lies, and that place may have moved once more. */
const mostRedirects = 2

/**
 * Fetches a file that the consumer sent. Twilio's own address wants the credentials and answers with the address of a
 * store elsewhere, which must never see them.
 * @throws SendFailure `content-rejected` for a file that is gone or at an address that is none.
 */
export async function fetchMedia(
  media: HeardMedia,
  sender: Sender,
  http: OutboundHttp,
): Promise<{ readonly contentType: string; readonly base64: string }> {
  const settings = accountSettingsOf(sender)
  let url = media.url
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const answer = await get(url, settings, http)
    if (answer.status === 200 && answer.base64 !== undefined)
      return { contentType: contentTypeOf(answer.headers['content-type'] ?? media.contentType), base64: answer.base64 }
    if (![301, 302, 303, 307, 308].includes(answer.status)) throw refusal(answer, isTwilios(url, settings))
    const next = answer.headers.location ?? ''
    if (!URL.canParse(next, url)) throw new SendFailure('content-rejected', { detail: 'a redirect to nowhere' })
    url = new URL(next, url).href
  }
  throw new SendFailure('content-rejected', { detail: 'one redirect too many' })
}

function get(url: string, settings: AccountSettings, http: OutboundHttp): Promise<OutboundAnswer> {
  if (isTwilios(url, settings)) return callTwilio(settings, http, { method: 'GET', url, fileUpTo: mostBytes })
  return http({ method: 'GET', url, headers: { accept: '*/*' }, fileUpTo: mostBytes })
}

/** Credentials go to Twilio's hosts alone, over https, or to the address that the administrator entered for it. */
function isTwilios(address: string, settings: AccountSettings): boolean {
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') return false
  if (url.origin === new URL(settings.apiBaseUrl).origin)
    return url.pathname.startsWith(`/2010-04-01/Accounts/${settings.accountSid}/`)
  return url.protocol === 'https:' && url.port === '' && /(^|\.)twilio\.com$/.test(url.hostname)
}

function refusal(answer: OutboundAnswer, withCredentials: boolean): SendFailure {
  const failure = createFailure(answer)
  const { providerCode } = failure
  // A file that is not there, or a stranger's 401, says nothing about the sender.
  return failure.kind === 'misconfigured' && !(withCredentials && answer.status === 401)
    ? new SendFailure('content-rejected', { providerCode, detail: failure.message })
    : failure
}

/** `audio/ogg; codecs=opus` and the like; anything odd becomes plain bytes. */
function contentTypeOf(given: string): string {
  return /^[a-z]+\/[\w.+-]+(; ?[\w-]+=[\w.-]+)*$/i.test(given) ? given.toLowerCase() : 'application/octet-stream'
}
