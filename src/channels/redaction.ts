/**
 * What may be kept of an exchange with a provider (P9). Addresses and bodies come out readable but changed for good:
 * secrets become `[secret]`, phone numbers `+1206•••4567`, people's texts `[text, 42 characters]`.
 */

/** Longest body kept; a page of the provider's list is far longer and no more telling. */
const keptCharacters = 4_000

/** Fields that hold what people read or write, names included, in any provider's spelling. */
const textFields = new Set(
  [
    'body text title caption contentvariables caller_name profile_name profilename buttontext buttonpayload',
    // A place that a consumer shared; a contact card; the answers to a form; what was done to a message.
    'label address latitude longitude',
    'formatted_name first_name middle_name last_name username birthday email street filename',
    'response_json description emoji',
  ].flatMap((line) => line.split(' ')),
)

/** Query fields that are as good as a key: our own attempt token in a callback address, keys of others in theirs. */
const keyFields = /([?&](?:attempt|token|secret|key|signature|password|access_token)=)[^&#\s"]+/gi

/** Objects whose `name` is a person's or a place's; elsewhere it is a template's, and wanted. */
const named = new Set(['profile', 'location', 'org'])

/** Our attempt token, where Meta carries it: as good as a key to a message's status. */
const tokens = /^biz_opaque_callback_data$/i

/** Fields of token endpoints (RFC 6749, 7523): what is proven there, and what is given for it. */
const grants = /^(access_token|refresh_token|id_token|assertion|client_assertion)$/i

/** `url` without secrets and whole phone numbers, percent-decoded for the reader. */
export function redactUrl(url: string, secrets: readonly string[]): string {
  const [path = '', query] = split(url, '?')
  const fields = query === undefined ? '' : `?${redactForm(query, secrets)}`
  return redactText(decodeLoosely(path), secrets) + fields
}

/** A request body, JSON or form. `texts` are what people read in it under other names than the usual ones. */
export function redactBody(body: string, secrets: readonly string[], texts: readonly string[] = []): string {
  return cut(redactJson(body, secrets, texts) ?? redactForm(body, secrets))
}

/** An answer's body. `texts` are what people wrote in the request: an answer that is no JSON may echo them anywhere. */
export function redactAnswer(body: string, secrets: readonly string[], texts: readonly string[]): string {
  const json = redactJson(body, secrets, texts)
  return cut(json ?? redactText(hideTexts(body, texts), secrets))
}

/** The people's texts in a request body, so that they can be found again in the answer. */
export function textsIn(body: string): readonly string[] {
  const found: string[] = []
  const json = parsed(body)
  if (json === undefined) {
    for (const [name, value] of new URLSearchParams(body)) if (textFields.has(name.toLowerCase())) found.push(value)
  } else walkTexts(json, found)
  return found.filter((text) => text !== '')
}

/** Any other text: secrets, keys in addresses and phone numbers go; the rest stays. */
export function redactText(text: string, secrets: readonly string[]): string {
  let out = text
  for (const secret of secrets) {
    if (secret.length < 4) continue
    const encoded = encodeURIComponent(secret)
    const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '')
    for (const form of [secret, encoded, base64]) out = out.replaceAll(form, '[secret]')
  }
  return maskPhones(out.replace(keyFields, '$1[hidden]'))
}

/** WhatsApp's business-scoped user ids, `US.13491208655302741918`: as telling as a number. */
const userIds = /(?<![A-Za-z])([A-Z]{2}\.)(?=[A-Za-z]*\d)[0-9A-Za-z]{6,124}([0-9A-Za-z]{4})(?![0-9A-Za-z])/g

/** Every phone number in `text`, international or in a national spelling, keeps its first four and last four digits; a user id its last four. */
export function maskPhones(text: string): string {
  return text
    .replace(userIds, '$1•••$2')
    .replace(/(?:%2B|\+)\d{7,15}|(?<![0-9A-Za-z])\d{10,15}(?![0-9A-Za-z])/gi, (whole) => masked(whole))
    .replace(/(?<![\dA-Za-z-])\(?\d{2,5}\)?[ .-]\d{3,4}[ .-]?(\d{3,4})(?![\dA-Za-z-])/g, '•••$1')
}

function masked(number: string): string {
  const plus = /^(%2B|\+)/i.exec(number)?.[0] ?? ''
  const digits = number.slice(plus.length)
  const kept = digits.length >= 11 ? 4 : 2
  return `${plus}${digits.slice(0, kept)}•••${digits.slice(-kept)}`
}

function redactForm(form: string, secrets: readonly string[]): string {
  return [...new URLSearchParams(form)]
    .map(([name, value]) => `${redactText(name, secrets)}=${fieldValue(name, value, secrets)}`)
    .join('&')
}

function fieldValue(name: string, value: string, secrets: readonly string[]): string {
  if (textFields.has(name.toLowerCase())) return hidden(value)
  if (/^(attempt|token|secret|key|signature|password)$/i.test(name) || grants.test(name)) return '[hidden]'
  return redactText(value, secrets)
}

function redactJson(body: string, secrets: readonly string[], texts: readonly string[] = []): string | undefined {
  const json = parsed(body)
  return json === undefined ? undefined : JSON.stringify(redactValue('', json, secrets, texts))
}

function redactValue(name: string, value: unknown, secrets: readonly string[], texts: readonly string[]): unknown {
  if (typeof value === 'string') {
    if (grants.test(name) || tokens.test(name)) return '[hidden]'
    if (textFields.has(name.toLowerCase()) || texts.includes(value)) return hidden(value)
    return redactText(hideTexts(value, texts), secrets)
  }
  if (typeof value === 'number' && textFields.has(name.toLowerCase())) return '[hidden]'
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 1e9 ? maskPhones(`${value}`) : value
  if (Array.isArray(value)) return value.map((item) => redactValue(name, item, secrets, texts))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const field = key === 'name' && named.has(name) ? 'profile_name' : key
      return [redactText(key, secrets), redactValue(field, item, secrets, texts)]
    }),
  )
}

function walkTexts(value: unknown, found: string[], name = ''): void {
  if (typeof value === 'string') {
    if (textFields.has(name.toLowerCase())) found.push(value)
  } else if (value !== null && typeof value === 'object')
    for (const [key, item] of Object.entries(value)) walkTexts(item, found, Array.isArray(value) ? name : key)
}

function hideTexts(body: string, texts: readonly string[]): string {
  return texts.reduce((out, text) => (text.length < 4 ? out : out.replaceAll(text, hidden(text))), body)
}

function hidden(text: string): string {
  return `[text, ${[...text].length} characters]`
}

/** An object or array; a bare number or word is no JSON document of a provider, and a phone number must not pass as one. */
function parsed(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return value !== null && typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}

function split(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function cut(text: string): string {
  return text.length <= keptCharacters
    ? text
    : `${text.slice(0, keptCharacters)} [cut, ${text.length} characters in all]`
}
