import { type Answer, errorAnswer } from './answers.ts'
import { personaOf, type World } from './world.ts'

/** Lookup v2 with line_type_intelligence: 200 also for invalid numbers, with `valid: false`. */
export function lookUpNumber(world: World, phone: string, query: URLSearchParams): Answer {
  if (!/^\+?\d{3,20}$/.test(phone)) return errorAnswer(20404, 404)
  const persona = personaOf(world, phone)
  const valid = persona.valid ?? true
  const wanted = (query.get('Fields') ?? '').split(',').includes('line_type_intelligence')
  const intelligence = {
    ...(persona.lineType ? { type: persona.lineType, carrier_name: 'Simulated Wireless' } : {}),
    ...(persona.lookupError ? { error_code: persona.lookupError } : {}),
  }
  return {
    status: 200,
    body: {
      calling_country_code: valid ? '1' : null,
      country_code: valid ? 'US' : null,
      phone_number: phone,
      national_format: `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`,
      valid,
      validation_errors: valid ? [] : ['INVALID_BUT_POSSIBLE'],
      ...(wanted && valid ? { line_type_intelligence: intelligence } : {}),
      url: `https://lookups.twilio.com/v2/PhoneNumbers/${phone}`,
    },
  }
}
