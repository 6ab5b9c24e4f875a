import type { Sender } from '../../domain/sender.ts'
import type { HeardMedia } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundHttp } from '../http.ts'
import { callGraph, jsonObject, textOf } from './call-graph.ts'
import { answerFailure } from './error-codes.ts'
import { type CloudSettings, settingsOf } from './settings.ts'

/** Images and voice notes are far below; a film or a large document is left where it is. */
const mostBytes = 16 * 1024 * 1024

/** Hosts at which Meta keeps consumers' files: our token travels nowhere else, whatever an answer says. */
const metaHosts: ReadonlySet<string> = new Set(['graph.facebook.com', 'lookaside.fbsbx.com'])

/**
 * Fetches a file that the consumer sent: Meta's id gives an address that lives for minutes and wants our token again.
 * @throws SendFailure `content-rejected` for a file that is gone, too large, or at a strange address.
 */
export async function fetchMedia(
  media: HeardMedia,
  sender: Sender,
  http: OutboundHttp,
): Promise<{ readonly contentType: string; readonly base64: string }> {
  const settings = settingsOf(sender)
  if (!/^[\w-]{1,128}$/.test(media.url)) throw refused('no id of a file at Meta')
  const path = `/${media.url}?phone_number_id=${settings.phoneNumberId}`
  const answer = await callGraph(settings, http, { method: 'GET', path })
  if (answer.status !== 200) throw answerFailure(answer)
  const found = jsonObject(answer.text)
  if (Number(textOf(found?.file_size) || 0) > mostBytes) throw refused('the file is too large')
  const url = textOf(found?.url)
  if (!isMetas(url, settings)) throw refused('the file is at an address that is not Meta’s')

  const headers = { authorization: `Bearer ${settings.accessToken}` }
  const file = await http({ method: 'GET', url, headers, fileUpTo: mostBytes })
  if (file.status !== 200 || file.base64 === undefined) throw answerFailure(file)
  return { contentType: contentTypeOf(textOf(found?.mime_type) || media.contentType), base64: file.base64 }
}

function isMetas(address: string, settings: CloudSettings): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') return false
  if (url.origin === new URL(settings.graphBaseUrl).origin) return true
  return url.protocol === 'https:' && url.port === '' && metaHosts.has(url.hostname)
}

/** `audio/ogg; codecs=opus` and the like; never what could be taken for a page. */
function contentTypeOf(given: string): string {
  return /^[a-z]+\/[\w.+-]+(; ?[\w-]+=[\w.-]+)*$/i.test(given) ? given.toLowerCase() : 'application/octet-stream'
}

const refused = (detail: string) => new SendFailure('content-rejected', { detail })
