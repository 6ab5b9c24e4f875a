import { sendWebhooks } from '../src/actions/send-webhooks.ts'
import { liveStage } from './stories/live-stage.ts'
import { testConversation } from './test-conversation.ts'
import { type WebhookReceiver, webhookReceiver } from './webhook-receiver.ts'

export type WebhookStage = Awaited<ReturnType<typeof webhookStage>>

/** The real thing: a server, its database, its guarded way out, and receivers that check with the scheme's own library. */
export async function webhookStage() {
  const live = await liveStage()
  const path = `/api/admin/accounts/${live.brand.accountId}/webhooks`
  const receivers: WebhookReceiver[] = []
  const stage = {
    ...{ live, path },
    administrator: (method: string, route: string, body?: unknown) =>
      live.expect(live.administrator, method, `${path}${route}`, body),
    async receiving(): Promise<WebhookReceiver> {
      const receiver = await webhookReceiver()
      receivers.push(receiver)
      return receiver
    },
    /** A receiver with an endpoint of its own, which goes with the test. */
    async endpoint(t: { after(fn: () => unknown): void }, more: Record<string, unknown> = {}) {
      const receiver = await stage.receiving()
      const given = { title: 'Systems', url: receiver.url, ...more }
      const { endpointId, secret } = await stage.administrator('POST', '', given)
      t.after(() => live.administrator.ask('DELETE', `${path}/${endpointId}`))
      const list = async (query = '') =>
        (await stage.administrator('GET', `/${endpointId}/deliveries${query}`)).deliveries
      const shown = async () => {
        const { webhooks } = await stage.administrator('GET', '')
        return webhooks.find((one: { endpointId: string }) => one.endpointId === endpointId)
      }
      return { receiver, endpointId: endpointId as string, secret: secret as string, list, shown }
    },
    /** Sends what is due until nothing is, as a worker does from second to second. */
    async send(): Promise<void> {
      for (let rest = 0; rest === 0; ) {
        rest = await sendWebhooks(live.deps, new Map())
        await Promise.allSettled(live.deps.background)
      }
    },
    /** As if the time until every next try had passed. */
    timePasses: () => live.db`update webhook_deliveries set next_try_at = now() where state = 'waiting'`,
    /** An event that is no more than one. */
    opened: async () => (await testConversation(live.server, live.brand)).conversationId,
    async close() {
      await live.close()
      await Promise.all(receivers.map((receiver) => receiver.close()))
    },
  }
  return stage
}
