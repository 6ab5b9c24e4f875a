import type { AccountConfig } from '../domain/account.ts'
import { loadAccountConfig } from './account-config.ts'
import type { Cipher } from './cipher.ts'
import type { Database } from './db.ts'

/** The brands' configuration, kept in the process so that the hot path needs no round trip for it. */
export interface AccountCache {
  /** The brand's configuration: at once when it is known here, else loaded. Null when there is no such account. */
  get(accountId: string): AccountConfig | null | Promise<AccountConfig | null>
  /** Forgets one brand, so that the next `get` loads it. A change made by this process is seen by its own next request. */
  drop(accountId: string): void
  /** Starts to listen for changes by other processes. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** NOTIFY only wakes; a process whose listening connection is dead finds out by comparing versions this often. */
const catchUpMs = 5_000
/** Unknown account ids are remembered this briefly: a stranger must not be able to ask the database for each request. */
const unknownMs = 2_000
const mostUnknown = 10_000

export function accountCache(db: Database, cipher: Cipher): AccountCache {
  const known = new Map<string, AccountConfig>()
  const unknown = new Map<string, number>()
  const loading = new Map<string, Promise<AccountConfig | null>>()
  /** Counts drops of a brand, so that a load that began before a change does not put the old state back. */
  const drops = new Map<string, number>()
  let listening: { unlisten(): Promise<void> } | null = null
  let timer: NodeJS.Timeout | null = null

  const drop = (accountId: string) => {
    known.delete(accountId)
    unknown.delete(accountId)
    if (loading.has(accountId)) drops.set(accountId, (drops.get(accountId) ?? 0) + 1)
    loading.delete(accountId)
  }

  const load = async (accountId: string): Promise<AccountConfig | null> => {
    const before = drops.get(accountId) ?? 0
    try {
      const config = await loadAccountConfig(db, cipher, accountId)
      if ((drops.get(accountId) ?? 0) === before) {
        if (config !== null) known.set(accountId, config)
        else {
          if (unknown.size >= mostUnknown) unknown.clear()
          unknown.set(accountId, performance.now())
        }
      }
      return config
    } finally {
      if ((drops.get(accountId) ?? 0) === before) loading.delete(accountId)
      if (!loading.has(accountId)) drops.delete(accountId)
    }
  }

  const catchUp = async () => {
    if (known.size === 0) return
    const rows = await db<{ account_id: string; config_version: string }[]>`
      select account_id, config_version from accounts where account_id = any(${[...known.keys()]})`
    const versions = new Map(rows.map((row) => [row.account_id, BigInt(row.config_version)]))
    for (const [accountId, config] of known) if (versions.get(accountId) !== config.version) drop(accountId)
  }

  return {
    get(accountId) {
      const config = known.get(accountId)
      if (config !== undefined) return config
      const since = unknown.get(accountId)
      if (since !== undefined && performance.now() - since < unknownMs) return null
      let pending = loading.get(accountId)
      if (pending === undefined) {
        pending = load(accountId)
        loading.set(accountId, pending)
      }
      return pending
    },
    drop,
    async start() {
      // A listener that reconnects has missed what came meanwhile: everything is forgotten at each (re)connection.
      listening = await db.listen('account_config', drop, () => {
        for (const accountId of [...known.keys(), ...unknown.keys()]) drop(accountId)
      })
      timer = setInterval(() => void catchUp().catch(() => {}), catchUpMs)
      timer.unref()
    },
    async stop() {
      if (timer !== null) clearInterval(timer)
      await listening?.unlisten().catch(() => {})
    },
  }
}
