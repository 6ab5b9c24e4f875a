import type { CredentialCaller } from '../src/domain/caller.ts'
import type { Channel } from '../src/domain/channel.ts'
import { noVariables, type TemplateVariables } from '../src/domain/template.ts'
import { callIdOf } from '../src/store/call-id.ts'
import type { TestBrand } from './test-brand.ts'
import { testPhone } from './test-phone.ts'
import type { TestServer } from './test-server.ts'

export interface TestCall {
  readonly callId: string
  readonly phone: string
}

/** A call as eligibility stores it. */
export async function testCall(
  server: Pick<TestServer, 'deps'>,
  brand: Pick<TestBrand, 'accountId' | 'handoffId' | 'skills'>,
  options: {
    phone?: string
    consumerId?: string | null
    channels?: readonly Channel[]
    handoffId?: string
    ageHours?: number
    variables?: TemplateVariables
  } = {},
): Promise<TestCall> {
  const { db } = server.deps
  const callId = callIdOf(new Date(Date.now() - (options.ageHours ?? 0) * 3_600_000))
  const phone = options.phone ?? testPhone()
  await db`
    insert into calls (account_id, call_id, attempted_at, credential_id, consumer_phone, consumer_id, handoff_id, skill_id,
      available_channels, template_variables)
    values (${brand.accountId}, ${callId}, now() - make_interval(secs => ${(options.ageHours ?? 0) * 3_600}), 'test',
      ${phone}, ${options.consumerId ?? null}, ${options.handoffId ?? brand.handoffId}, ${brand.skills.support},
      ${(options.channels ?? ['sms']) as Channel[]}, ${db.json((options.variables ?? noVariables) as never)})`
  return { callId, phone }
}

/** The IVR of a brand, as `http/callers.ts` makes it of a credential. */
export const ivrOf = (brand: Pick<TestBrand, 'accountId'>): CredentialCaller => ({
  kind: 'credential',
  accountId: brand.accountId,
  credentialId: 'test',
  privileges: ['ivr.engagement'],
})
