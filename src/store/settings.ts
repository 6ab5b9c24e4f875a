import type { AccountSettings } from '../domain/account.ts'
import type { DbOrTx } from './db.ts'
import { touchEverything } from './touched.ts'

/** Stores the brand's settings whole; the first time makes the account answer instead of 1600. */
export async function putSettings(tx: DbOrTx, accountId: string, settings: AccountSettings): Promise<void> {
  const row = {
    account_id: accountId,
    channels: [...settings.channels],
    device_check: settings.deviceCheck,
    default_skill_id: settings.defaultSkillId,
    rate_limit: settings.rateLimit,
    quiet_hours: settings.quietHours === null ? null : tx.json({ ...settings.quietHours }),
    consumer_cap: settings.consumerCap === null ? null : tx.json({ ...settings.consumerCap }),
    opt_out_scope: settings.optOutScope,
    texts: tx.json({ ...settings.texts }),
    waiting_after_minutes: settings.waitingAfterMinutes,
    close_after_minutes: settings.closeAfterMinutes,
    agent_capacity: settings.agentCapacity,
  }
  await tx`
    insert into settings ${tx(row)}
    on conflict (account_id) do update set channels = excluded.channels, device_check = excluded.device_check,
      default_skill_id = excluded.default_skill_id, rate_limit = excluded.rate_limit, quiet_hours = excluded.quiet_hours,
      consumer_cap = excluded.consumer_cap, opt_out_scope = excluded.opt_out_scope,
      texts = excluded.texts, waiting_after_minutes = excluded.waiting_after_minutes,
      close_after_minutes = excluded.close_after_minutes, agent_capacity = excluded.agent_capacity`
  // The usual capacity stands with every agent.
  touchEverything(tx, accountId)
}
