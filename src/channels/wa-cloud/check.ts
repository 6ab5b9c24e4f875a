import type { Sender } from '../../domain/sender.ts'
import type { SenderFinding } from '../connector.ts'
import type { OutboundHttp } from '../http.ts'
import { callGraph, type Fields, jsonObject, listOf, textOf } from './call-graph.ts'
import { answerFailure } from './error-codes.ts'
import { settingsOf } from './settings.ts'

/**
 * See `Connector.check`: whether Meta takes the token, the number is the one of this sender and registered, its quality, and
 * whether an app is subscribed, without which no webhook ever comes.
 */
export async function check(sender: Sender, http: OutboundHttp, hookUrl: string): Promise<readonly SenderFinding[]> {
  const settings = settingsOf(sender)
  const number = await callGraph(settings, http, { method: 'GET', path: `/${settings.phoneNumberId}` })
  if (number.status < 200 || number.status > 299) {
    const failure = answerFailure(number)
    if (failure.kind !== 'misconfigured' && number.status !== 400 && number.status !== 404) throw failure
    const sentence = 'Meta refuses the access token for this phone number ID: check both, and the token’s permissions.'
    return [{ what: 'credentials', ok: false, sentence }]
  }
  const credentials = { what: 'credentials', ok: true, sentence: 'Meta takes the access token.' }
  const findings = [credentials, ...numberFindings(jsonObject(number.text) ?? {}, sender.address)]

  const apps = await callGraph(settings, http, { method: 'GET', path: `/${settings.wabaId}/subscribed_apps` })
  if (apps.status >= 500 || apps.status === 429) throw answerFailure(apps)
  const subscribed = apps.status === 200 && listOf(jsonObject(apps.text)?.data).length > 0
  const ask = `Subscribe the app to the WhatsApp Business Account, with ${hookUrl} as its callback URL.`
  const sentence = subscribed
    ? 'An app is subscribed to the WhatsApp Business Account.'
    : `No app gets its webhooks. ${ask}`
  return [...findings, { what: 'webhook', ok: subscribed, sentence }]
}

function numberFindings(told: Fields, address: string): readonly SenderFinding[] {
  const digits = (text: string) => text.replace(/\D/g, '')
  const shown = textOf(told.display_phone_number)
  const same = digits(shown) === digits(address)
  const is = same ? 'The phone number ID is this number’s.' : `The phone number ID is that of ${shown}.`
  const findings: SenderFinding[] = [{ what: 'number', ok: same, sentence: is }]
  // What Meta tells by itself has changed from version to version; what it does not tell is not judged.
  const platform = textOf(told.platform_type)
  if (platform !== '') {
    const registered = platform === 'CLOUD_API'
    const not = 'The number is not registered for the Cloud API: register it in WhatsApp Manager, with its PIN.'
    findings.push({ what: 'registration', ok: registered, sentence: registered ? 'The number is registered.' : not })
  }
  const status = textOf(told.status)
  if (status !== '') {
    const connected = status === 'CONNECTED'
    const sentence = connected ? 'The number is connected.' : `Meta calls the number ${status.toLowerCase()}.`
    findings.push({ what: 'registration', ok: connected, sentence })
  }
  const quality = textOf(told.quality_rating)
  if (quality !== '' && !['UNKNOWN', 'NA'].includes(quality)) {
    const word = quality.toLowerCase()
    const low = quality === 'RED'
    const sentence = low
      ? 'Its quality is low (red): consumers block it, and Meta may limit it.'
      : `Its quality is ${word}.`
    findings.push({ what: 'quality', ok: !low, sentence })
  }
  return findings
}
