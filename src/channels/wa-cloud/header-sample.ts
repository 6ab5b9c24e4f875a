import { fillVariables } from '../../domain/template.ts'
import type { NewTemplate } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import { callGraph, jsonObject, textOf } from './call-graph.ts'
import { answerFailure } from './error-codes.ts'
import type { CloudSettings } from './settings.ts'

type FileKind = 'image' | 'video' | 'document'

/** What Meta takes as the sample of a header with a file (its page "Resumable Upload API"). */
const sampleTypes: Readonly<Record<FileKind, readonly string[]>> = {
  image: ['image/jpeg', 'image/png'],
  video: ['video/mp4'],
  document: ['application/pdf'],
}
/** Meta's reviewers see one file; larger ones than this could not be sent either. */
const mostBytes = 16 * 1024 * 1024

/** What stands for the file in the review: a handle of Meta's, or an address from which it is fetched; null: neither. */
export function headerSample(
  template: Pick<NewTemplate, 'header' | 'samples'>,
): { readonly kind: 'handle' | 'address'; readonly value: string } | null {
  const { header, samples } = template
  if (header === null || header.kind === 'text') return null
  const given = Object.values(samples.header)[0] ?? ''
  for (const value of [given, fillVariables(header.content, samples.header)]) {
    if (/^\d+:[\x21-\x7e]+$/.test(value)) return { kind: 'handle', value }
    if (/^https?:\/\/\S+$/.test(value) && URL.canParse(value)) return { kind: 'address', value }
  }
  return null
}

/**
 * The handle by which Meta knows a header's sample. An address is fetched, as any outside address is, and what is there is
 * given to Meta in two steps: a session for a file of this size and type, then the file.
 * @throws SendFailure with advice for the administrator when the file cannot be had or is none that Meta takes.
 */
export async function sampleHandle(
  template: Pick<NewTemplate, 'header' | 'samples'>,
  settings: CloudSettings,
  http: OutboundHttp,
): Promise<string> {
  const sample = headerSample(template)
  if (sample === null) throw unfit('The header’s sample must be a web address, or the handle of a file at Meta.')
  if (sample.kind === 'handle') return sample.value
  const file = await fetchSample(sample.value, template.header!.kind as FileKind, settings, http)
  try {
    return await upload(file, settings, http)
  } catch (error) {
    if (!(error instanceof SendFailure) || error.kind !== 'unknown-outcome') throw error
    // Of an upload alone there is nothing to be in doubt about: it may be done again.
    const advice = 'Meta did not take the header’s sample. Nothing was submitted: try again later.'
    throw new SendFailure('unreachable', { detail: error.message, providerCode: error.providerCode, advice })
  }
}

async function upload(
  { bytes, contentType }: Awaited<ReturnType<typeof fetchSample>>,
  settings: CloudSettings,
  http: OutboundHttp,
): Promise<string> {
  const query = new URLSearchParams({ file_length: String(bytes.length), file_type: contentType, file_name: 'sample' })
  const begun = await callGraph(settings, http, { method: 'POST', path: `/app/uploads?${query}` })
  const session = textOf(jsonObject(begun.text)?.id)
  if (!isGood(begun)) throw answerFailure(begun)
  if (!/^upload:[\w+/=-]{1,500}(\?sig=[\w-]{1,200})?$/.test(session)) throw unclear(begun)
  const stored = await http({
    method: 'POST',
    url: `${settings.graphBaseUrl}/${settings.apiVersion}/${session}`,
    // `OAuth` and not `Bearer`, as Meta's page has it for this one address.
    headers: { authorization: `OAuth ${settings.accessToken}`, file_offset: '0', 'content-type': contentType },
    body: bytes,
    hide: { secrets: [session], texts: [] },
  })
  if (!isGood(stored)) throw answerFailure(stored)
  const handle = textOf(jsonObject(stored.text)?.h)
  if (!/^\d+:[\x21-\x7e]+$/.test(handle)) throw unclear(stored)
  return handle
}

async function fetchSample(
  address: string,
  kind: FileKind,
  settings: CloudSettings,
  http: OutboundHttp,
): Promise<{ readonly bytes: Uint8Array; readonly contentType: string }> {
  const safe =
    new URL(address).protocol === 'https:' || new URL(address).origin === new URL(settings.graphBaseUrl).origin
  if (!safe) throw unfit('The address of the header’s sample must begin with https://.')
  let answer: OutboundAnswer
  try {
    answer = await http({ method: 'GET', url: address, headers: { accept: '*/*' }, fileUpTo: mostBytes })
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error
    throw unfit('The header’s sample could not be fetched from its address, or has more than 16 MB.')
  }
  if (answer.status !== 200 || answer.base64 === undefined)
    throw unfit(`The header’s sample could not be fetched: its address answered ${answer.status}, not with the file.`)
  const contentType = (answer.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  if (!sampleTypes[kind].includes(contentType))
    throw unfit(`The header’s sample must be of the type ${sampleTypes[kind].join(' or ')}.`)
  return { bytes: Buffer.from(answer.base64, 'base64'), contentType }
}

const isGood = ({ status }: OutboundAnswer): boolean => status >= 200 && status <= 299
const unfit = (advice: string) =>
  new SendFailure('template-rejected', { advice, detail: 'the header’s sample is unfit' })
const unclear = ({ status }: OutboundAnswer) =>
  new SendFailure('unknown-outcome', { detail: `Meta answered ${status} to an upload, without its handle` })
