import type { Deps } from '../deps.ts'
import type { ApiKey } from '../domain/account.ts'
import type { Caller } from '../domain/caller.ts'
import { checkName } from '../domain/check-name.ts'
import { Problem } from '../errors.ts'
import { updateApiKey } from '../store/api-keys.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'

export type ApiKeyChange = Partial<Pick<ApiKey, 'title' | 'privileges' | 'enabled'>>

/** Changes what may change of a key; it can be disabled, never deleted. @throws Problem `not-found`, `invalid-request` */
export async function saveApiKey(
  deps: Deps,
  caller: Caller,
  accountId: string,
  appKey: string,
  change: ApiKeyChange,
): Promise<Required<ApiKeyChange> & { appKey: string }> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const key = config.apiKeys.get(appKey)
    if (key === undefined) throw new Problem('not-found')
    const before = { appKey, title: key.title, privileges: key.privileges, enabled: key.enabled }
    const after = { ...before, ...change }
    const fault = checkName('The title', after.title)
    if (fault !== null) throw new Problem('invalid-request', { details: [fault] })
    await updateApiKey(tx, accountId, after)
    await recordAudit(tx, accountId, caller, { action: 'api-key.change', subject: appKey, before, after })
    return after
  })
}
