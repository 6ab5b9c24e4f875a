/** Who did something, where it is no person with a name: what the audit log and the histories say instead. */
export function actorWords(actor: string): string {
  if (actor.startsWith('credential:')) return 'an API key or app'
  return actor === 'operator' ? 'the operator' : actor === 'system' ? 'the system' : 'somebody who is gone'
}
