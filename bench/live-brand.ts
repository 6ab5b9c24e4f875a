import { randomUUID } from 'node:crypto'
import type { Deps } from '../src/deps.ts'
import { hookPath } from '../src/domain/hook-path.ts'
import { providerSignature, signatureHeader } from '../src/http/simulator/provider-signature.ts'
import type { Cipher } from '../src/store/cipher.ts'
import type { Database } from '../src/store/db.ts'
import { testBrand } from '../test/test-brand.ts'
import { testConversation } from '../test/test-conversation.ts'
import { testUser } from '../test/test-user.ts'

/** A brand at work: its people, and who is to hear whom. */
export interface LiveBrand {
  readonly accountId: string
  readonly listeners: readonly { readonly userId: string; readonly sessionToken: string }[]
  /** Consumers in a conversation, and the place of its owner among the listeners. */
  readonly consumers: readonly { readonly phone: string; readonly owner: number }[]
  /** A webhook that brings a consumer's message, ready to be sent. */
  request(phone: string, text: string): Buffer
}

/** 190 agents of four skills and 10 managers, who see everything; two open conversations an agent. */
const [agents, managers, openOfEach] = [190, 10, 2]

export async function liveBrand(db: Database, cipher: Cipher, publicUrl: string): Promise<LiveBrand> {
  const server = { deps: { db, cipher, publicUrl } as Deps, url: publicUrl }
  const secret = randomUUID()
  const brand = await testBrand(server, { smsSecrets: { secret }, settings: { rateLimit: 100_000 } })
  const { accountId, skills, smsSender } = brand
  const skillIds = [skills.support, skills.sales, skills.billing]
  await db`update settings set default_skill_id = ${skills.support} where account_id = ${accountId}`
  const listeners: { userId: string; sessionToken: string }[] = []
  const consumers: { phone: string; owner: number }[] = []
  for (let n = 0; n < agents + managers; n += 1) {
    const held = n < agents ? [skillIds[n % skillIds.length]!] : []
    const { userId, sessionToken } = await testUser(server, accountId, n < agents ? 'agent' : 'agent-manager', {
      skills: held,
    })
    listeners.push({ userId, sessionToken })
    for (let more = 0; more < openOfEach && n < agents; more += 1) {
      const phone = `+1206555${String(consumers.length).padStart(4, '0')}`
      const { conversationId } = await testConversation(server, brand, { skillId: held[0]!, phone })
      await db`
        update conversations set state = 'assigned', owner_id = ${userId}, handled_by = ${userId}
        where account_id = ${accountId} and conversation_id = ${conversationId}`
      consumers.push({ phone, owner: n })
    }
  }
  const path = hookPath('sms-simulator', accountId, smsSender.senderId)
  return {
    accountId,
    listeners,
    consumers,
    request(phone, text) {
      const body = JSON.stringify({ events: [{ type: 'message', id: randomUUID(), from: phone, text }] })
      return Buffer.from(
        `POST ${path} HTTP/1.1\r\nHost: ${new URL(publicUrl).host}\r\nContent-Type: application/json\r\n` +
          `${signatureHeader}: ${providerSignature(secret, 'POST', path, body)}\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
    },
  }
}
