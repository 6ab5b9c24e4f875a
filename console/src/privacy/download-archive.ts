import { ApiFailure, Unreachable } from '../api.ts'
import type { Named } from './named.ts'

/**
 * Fetches a person's archive and hands it to the browser as a file. A POST, so that the number stands in no address and
 * in no history of downloads. Throws `ApiFailure` or `Unreachable`.
 */
export async function downloadArchive(accountId: string, named: Named): Promise<void> {
  const response = await fetch(`/api/admin/accounts/${encodeURIComponent(accountId)}/consumers/archive`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(named),
  }).catch((error: unknown) => {
    throw new Unreachable(error)
  })
  if (!response.ok) {
    const { code, title, details, requestId } = (await response.json().catch(() => ({}))) as Partial<{
      code: string
      title: string
      details: string[]
      requestId: string
    }>
    const sentence = title ?? 'The archive could not be made.'
    throw new ApiFailure(response.status, code ?? 'unreadable-answer', sentence, details ?? [], requestId ?? null)
  }
  const address = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = address
  link.download = 'person.zip'
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
