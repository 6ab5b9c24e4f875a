/** A phone number in E.164, or a business-scoped user id of WhatsApp: country, dot, letters and digits, no plus. */
const phone = /^\+[1-9]\d{6,14}$/
const userId = /^[A-Z]{2}\.[0-9A-Za-z]{1,128}$/

export function isPhone(address: string): boolean {
  return phone.test(address)
}

export function isUserId(address: string): boolean {
  return userId.test(address)
}

/** An address in Twilio's spelling: `whatsapp:+12065550123`, `whatsapp:US.13491208655302741918`. */
export function twilioAddress(address: string): string {
  return `whatsapp:${address}`
}

/** Our address out of Twilio's; null for what is no WhatsApp address, parent ids (`US.ENT.…`) included. */
export function ourAddress(given: string): string | null {
  const address = /^whatsapp:(.*)$/s.exec(given)?.[1] ?? ''
  return isPhone(address) || isUserId(address) ? address : null
}
