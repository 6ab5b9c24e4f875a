import assert from 'node:assert/strict'
import type { Connector, RawHook } from '../src/channels/connector.ts'
import { hookPath } from '../src/domain/hook-path.ts'
import type { Sender } from '../src/domain/sender.ts'
import type { Database } from '../src/store/db.ts'
import { testBrand } from './test-brand.ts'
import { testServer } from './test-server.ts'

/** What a webhook may write. */
const tables = [
  'messages',
  'receipts',
  'conversations',
  'opt_outs',
  'opt_out_history',
  'consumer_addresses',
  'templates',
]

/**
 * Posts captured webhooks to a whole server, each as a forger would sign it and then twice as its provider does: the forged
 * one leaves no trace, and the second one changes nothing that the first has stored.
 * @param sender of the connector, with the settings under which the hooks were captured.
 * @returns how many rows the hooks left in all, so that a test can see that anything was stored at all.
 * @throws AssertionError naming the hook.
 */
export async function hooksStoredOnce(
  connector: Connector,
  sender: Sender,
  hooks: readonly (readonly [name: string, hook: RawHook])[],
  sign: (hook: RawHook, genuine: boolean) => RawHook,
): Promise<number> {
  const server = await testServer({ connectors: [connector] })
  try {
    const { db } = server.deps
    const { accountId } = await testBrand(server)
    await db`
      insert into senders (account_id, sender_id, connector, channel, address, title, settings)
      values (${accountId}, ${sender.senderId}, ${connector.name}, ${connector.channel}, ${sender.address}, 'Captured',
        ${db.json(sender.settings as never)})`
    server.deps.accounts.drop(accountId)
    const path = hookPath(connector.name, accountId, sender.senderId)
    const post = async (hook: RawHook, genuine: boolean) => {
      const here = { ...hook, url: server.url + path + new URL(hook.url).search }
      const { method, url, headers, body } = sign(here, genuine)
      const given = Object.entries(headers).filter(([name]) => name === 'content-type' || name.startsWith('x-'))
      const answer = await fetch(url, {
        method,
        headers: given as [string, string][],
        ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
      })
      await answer.arrayBuffer()
      return answer.status
    }
    for (const [name, hook] of hooks) {
      const before = await stored(db, accountId, [...tables, 'provider_exchanges'])
      assert.equal(await post(hook, false), 403, name)
      assert.deepEqual(await stored(db, accountId, [...tables, 'provider_exchanges']), before, `${name}, forged`)
      assert.equal(await post(hook, true), 200, name)
      const once = await stored(db, accountId, tables)
      assert.equal(await post(hook, true), 200, `${name} again`)
      assert.deepEqual(await stored(db, accountId, tables), once, `${name} again`)
    }
    return (await stored(db, accountId, tables)).flat().length
  } finally {
    await server.close()
  }
}

/** Every row of an account, table by table. */
async function stored(db: Database, accountId: string, of: readonly string[]): Promise<readonly unknown[][]> {
  return Promise.all(
    of.map(async (table) => {
      const rows = await db`
        select to_jsonb(t) as row from ${db(table)} as t where account_id = ${accountId} order by to_jsonb(t)::text`
      return rows.map(({ row }) => row)
    }),
  )
}
