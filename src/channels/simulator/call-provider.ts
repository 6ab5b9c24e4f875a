import type { Sender } from '../../domain/sender.ts'
import { type FailureKind, SendFailure } from '../failures.ts'
import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import { settingsOf } from './settings.ts'
import { sign, signatureHeader } from './signature.ts'

export interface ProviderCall {
  readonly url: string
  /** JSON, to be posted; without it something is asked for. */
  readonly body?: string
  /** Bytes of a file that is asked for, at most. */
  readonly fileUpTo?: number
}

/** One signed request to the simulated provider. Throws what `http` throws; every answer is an answer. */
export function callProvider(sender: Sender, http: OutboundHttp, call: ProviderCall): Promise<OutboundAnswer> {
  const { url, body, fileUpTo } = call
  const method = body === undefined ? 'GET' : 'POST'
  const signature = sign(settingsOf(sender).secret, { method, url, body: body ?? '' })
  const headers = { [signatureHeader]: signature, accept: fileUpTo === undefined ? 'application/json' : '*/*' }
  if (body !== undefined)
    return http({ method, url, headers: { ...headers, 'content-type': 'application/json' }, body })
  return http({ method, url, headers, ...(fileUpTo === undefined ? {} : { fileUpTo }) })
}

const failureByStatus: Readonly<Record<number, FailureKind>> = {
  400: 'content-rejected',
  401: 'misconfigured',
  404: 'misconfigured',
}

/** What an answer that is no yes means; `otherwise` for statuses that say something else of this one question. */
export function failureOf(answer: OutboundAnswer, otherwise: Readonly<Record<number, FailureKind>> = {}): SendFailure {
  const kind = otherwise[answer.status] ?? failureByStatus[answer.status] ?? 'unknown-outcome'
  return new SendFailure(kind, {
    providerCode: String(answer.status),
    detail: `the simulator answered ${answer.status}`,
  })
}
