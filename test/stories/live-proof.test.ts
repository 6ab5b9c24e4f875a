import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { atomic } from '../../src/store/db.ts'
import { lastEvent } from '../../src/store/events.ts'
import { touchSkill } from '../../src/store/touched.ts'
import { applyEvents, applyMessages } from '../apply-events.ts'
import { testListener } from '../test-listener.ts'
import type { TestUser } from '../test-user.ts'
import { plays, unseen } from './live-plays.ts'
import { type LiveStage, liveStage } from './live-stage.ts'

/*
 * For every action: what a page had, with the events it heard, is what it would read anew. So a page that listens never
 * needs a refresh, and no deed can forget to tell what it changed.
 */
let stage: LiveStage
before(async () => {
  stage = await liveStage()
})
after(() => stage.close())

test('every action is played, or says why no page shows it', async () => {
  const folder = new URL('../../src/actions/', import.meta.url)
  const all = (await readdir(folder)).filter((name) => /^[a-z-]+\.ts$/.test(name)).map((name) => name.slice(0, -3))
  const played = Object.values(plays).flatMap(({ actions }) => actions)
  assert.deepEqual([...new Set([...played, ...Object.values(unseen).flat()])].sort(), all.sort())
})

describe('old snapshot + its events = new snapshot', () => {
  for (const [title, { play, restarts }] of Object.entries(plays))
    test(title, async () => {
      const { db, brand, viewers } = stage
      const act = await play(stage)
      const from = await lastEvent(db, brand.accountId)
      const pages = await Promise.all(viewers.map((viewer) => pageOf(viewer)))
      await act()
      assert.ok((await lastEvent(db, brand.accountId)) > from, 'nothing was told')
      // Everybody sees this one: whoever has heard it has heard all before it.
      await atomic(db, async (tx) => touchSkill(tx, brand.accountId, brand.skills.support))
      const last = await lastEvent(db, brand.accountId)

      const anew = new Set(restarts?.(stage) ?? [])
      let changed = anew.size > 0
      for (const { viewer, snapshot, opened, listener } of pages) {
        if (anew.has(viewer)) {
          await listener.ended
          assert.deepEqual(listener.named, ['ready', 'restart'], `the page of the ${viewer.role} begins again`)
          continue
        }
        await listener.until(last)
        assert.deepEqual(listener.named, ['ready'])
        const now = await stage.expect(viewer, 'GET', '/api/workspace/snapshot')
        assert.deepEqual(applyEvents(snapshot, listener.events), applyEvents(now, []), `the page of ${viewer.email}`)
        changed ||= JSON.stringify(applyEvents(snapshot, [])) !== JSON.stringify(applyEvents(now, []))
        for (const { conversationId } of now.conversations) {
          const before = opened.get(conversationId)
          if (before === undefined) continue
          const read = await messagesOf(viewer, conversationId)
          const heard = applyMessages(before, conversationId, listener.events)
          assert.deepEqual(heard, applyMessages(read, '', []), `messages on the page of ${viewer.email}`)
          changed ||= JSON.stringify(before) !== JSON.stringify(read)
        }
        listener.close()
      }
      assert.ok(changed, 'the play changed nothing that anybody sees')
    })
})

/** A page with its newest open conversations opened, and listening. */
async function pageOf(viewer: TestUser) {
  const snapshot = await stage.expect(viewer, 'GET', '/api/workspace/snapshot')
  const newest = [...snapshot.conversations].sort((a, b) => (a.queuedAt < b.queuedAt ? 1 : -1)).slice(0, 3)
  const opened = new Map<string, unknown[]>()
  for (const { conversationId } of newest) opened.set(conversationId, await messagesOf(viewer, conversationId))
  return { viewer, snapshot, opened, listener: await testListener(stage.server, viewer, snapshot.number) }
}

async function messagesOf(viewer: TestUser, conversationId: string) {
  return (await stage.expect(viewer, 'GET', `/api/workspace/conversations/${conversationId}`)).messages
}
