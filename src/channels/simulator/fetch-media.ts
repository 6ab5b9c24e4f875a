import type { Sender } from '../../domain/sender.ts'
import type { HeardMedia } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundHttp } from '../http.ts'
import { callProvider, failureOf } from './call-provider.ts'
import { isProviderFile } from './provider-files.ts'

/** The simulated provider takes none larger from its phones. */
const mostBytes = 5 * 1024 * 1024

/**
 * Fetches a file that a pretend phone sent.
 * @throws SendFailure `content-rejected` for a file that is gone or at an address that is none of the provider's,
 *   `misconfigured` for a wrong secret, `unknown-outcome` for anything unclear.
 */
export async function fetchMedia(
  { url, contentType }: HeardMedia,
  sender: Sender,
  http: OutboundHttp,
): Promise<{ readonly contentType: string; readonly base64: string }> {
  if (!isProviderFile(url, sender, null))
    throw new SendFailure('content-rejected', { detail: 'the file is at an address that is not the simulator’s' })
  const answer = await callProvider(sender, http, { url, fileUpTo: mostBytes })
  if (answer.status !== 200 || answer.base64 === undefined) throw failureOf(answer, { 404: 'content-rejected' })
  return { contentType, base64: answer.base64 }
}
