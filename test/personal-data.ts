/** Words that tests plant as names, texts and secrets; none may ever come out in a log, a metric or an error. */
export const canaries = {
  name: 'Canarina',
  text: 'canary-text-3f9b',
  secret: 'canary-secret-7d21',
  email: 'canary@consumer.example',
} as const

/** E.164, also percent-encoded as in a URL; ISO times, request ids and versions have no plus sign before ten digits. */
const phone = /(?:\+|%2[bB])[1-9][0-9]{7,14}\b/

/** Lines of `output` that hold a phone number or a canary, shortened; empty: clean. */
export function personalDataIn(output: string): readonly string[] {
  const words = Object.values(canaries)
  return output
    .split('\n')
    .filter((line) => phone.test(line) || words.some((word) => line.includes(word)))
    .map((line) => line.slice(0, 300))
}
