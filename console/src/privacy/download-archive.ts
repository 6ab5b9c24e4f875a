import { fetchFile } from '../api.ts'
import { saveFile } from '../ui/save-file.ts'
import type { Named } from './named.ts'

/** Fetches a person's archive and hands it to the browser as a file. Throws `ApiFailure` or `Unreachable`. */
export async function downloadArchive(accountId: string, named: Named): Promise<void> {
  const input = { params: { accountId }, body: named }
  saveFile(await fetchFile('POST /api/admin/accounts/{accountId}/consumers/archive', input), 'person.zip')
}
