import { type Answer, errorAnswer } from './answers.ts'
import type { SimulatedAccount } from './options.ts'
import { numbersOf, type World } from './world.ts'

/** What Twilio tells of an account itself: its state, its numbers, its Messaging Services. */
export function accountAnswer(
  world: World,
  account: SimulatedAccount,
  operation: 'account' | 'numbers' | 'service',
  asked: { readonly sid: string; readonly query: URLSearchParams },
): Answer {
  const { accountSid } = account
  switch (operation) {
    case 'account':
      if (asked.sid !== accountSid) return errorAnswer(20404, 404)
      return { status: 200, body: { sid: accountSid, status: 'active', type: 'Full', friendly_name: 'Simulated' } }
    case 'numbers': {
      const wanted = asked.query.get('PhoneNumber')
      const numbers = numbersOf(account).filter((number) => number.startsWith('+'))
      const found = numbers.filter((number) => wanted === null || number === wanted)
      const listed = found.map((number) => ({
        account_sid: accountSid,
        phone_number: number,
        capabilities: { sms: true, mms: true, voice: true, fax: false },
        sms_method: 'POST',
        sms_url: world.inboundUrls.get(number) ?? null,
      }))
      const uri = `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json`
      return { status: 200, body: { page: 0, page_size: 50, uri, incoming_phone_numbers: listed } }
    }
    case 'service': {
      const service = (account.messagingServices ?? []).find(({ sid }) => sid === asked.sid)
      if (service === undefined) return errorAnswer(20404, 404)
      const { sid } = service
      const url = service.inboundUrl ?? world.inboundUrls.get(sid) ?? null
      const body = { sid, account_sid: accountSid, inbound_request_url: url, use_inbound_webhook_on_number: false }
      return { status: 200, body }
    }
  }
}
