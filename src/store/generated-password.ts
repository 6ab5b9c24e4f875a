import { randomBytes } from 'node:crypto'

/** A first password nobody chose: 120 random bits, shown once, to be handed over in person. */
export function generatedPassword(): string {
  return randomBytes(15).toString('base64url')
}
