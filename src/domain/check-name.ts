/** Control characters and line separators: a name stands in headers, logs and subject lines. */
const unprintable = /[\p{Cc}\u2028\u2029]/u

/**
 * What is wrong with a name or title that stands on one line, as a sentence; null: nothing.
 * @param what begins the sentence: "The title".
 * @param most characters.
 */
export function checkName(what: string, name: string, most = 255): string | null {
  if (name.trim() === '') return `${what} must not be empty.`
  if (name.length > most) return `${what} must not exceed ${most} characters.`
  if (unprintable.test(name)) return `${what} must be on one line, without control characters.`
  return null
}

/** What is wrong with an email address, as a sentence; null: nothing. Whether it reaches anybody is not asked. */
export function checkEmail(email: string): string | null {
  return email.length <= 254 && /^[^\s@<>"\p{Cc}]+@[^\s@<>"\p{Cc}]+$/u.test(email)
    ? null
    : 'The email must be like name@example.com.'
}
