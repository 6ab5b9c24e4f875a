/** What a bare word means. `yes` is START only for somebody who has stopped and was just told how to come back. */
export type Keyword = 'stop' | 'start' | 'yes' | 'help'

/**
 * Letters only, as `bare` leaves them. The first line of `stop` is what United States rules and providers name (reliability
 * CO-01, providers 1.5); the rest says the same in the languages of the regions served.
 */
const words: Readonly<Record<Keyword, readonly string[]>> = {
  stop: [
    ...['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT', 'REMOVE'],
    ...['ARRET', 'ARRETER', 'DESABONNER', 'STOPP', 'ABMELDEN', 'BAJA', 'ALTO', 'PARAR', 'CANCELAR', 'SAIR'],
  ],
  start: ['START', 'UNSTOP'],
  yes: ['YES'],
  help: ['HELP', 'INFO', 'AIDE', 'AYUDA'],
}

const keywordByWord = new Map(
  (Object.entries(words) as [Keyword, readonly string[]][]).flatMap(([keyword, list]) =>
    list.map((word) => [word, keyword] as const),
  ),
)

/** The longest keyword with generous decoration; a longer text is somebody speaking. */
const longestKeywordText = 60

/**
 * The keyword a text consists of, or null when it says anything more: "cancel my order please" is no opt-out.
 * Case, accents, full-width letters, any spaces, punctuation and emoji around or inside count for nothing, nor does saying
 * the same word several times.
 */
export function keywordOf(text: string): Keyword | null {
  const trimmed = text.trim()
  return trimmed.length > longestKeywordText ? null : (keywordByWord.get(once(bare(trimmed))) ?? null)
}

/** "STOP STOP STOP" is one STOP. */
const once = (word: string): string => word.replace(/^(.{3,}?)\1+$/u, '$1')

/** Letters and digits in capitals. Digits stay: "STOP 2" and a number beside a word are something else. */
function bare(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toUpperCase()
}

export interface KeywordFacts {
  readonly text: string
  /** The provider's own name for the keyword (Twilio's `OptOutType`), which goes before ours. */
  readonly providerKeyword: 'stop' | 'start' | 'help' | null
  /** The provider answers keywords itself; a second answer would confuse. */
  readonly providerAnswers: boolean
  readonly optedOut: boolean
  /** Our newest message to this consumer was an automatic answer to their opt-out, which says how to come back. */
  readonly answeredLast: boolean
  /** The sender's own provider has heard the opt-out that stands, or refused because of it. */
  readonly stoppedHere: boolean
  /** Automatic answers to this consumer within the last hour. */
  readonly answersWithinHour: number
}

export interface KeywordDecision {
  readonly word: 'stop' | 'start' | 'help'
  /** The automatic answer that goes out, if any. */
  readonly answer: 'stopped' | 'resumed' | 'help' | null
}

/** Two machines that answer each other must run dry before the provider cuts them off (reliability CC-09). */
export const automaticAnswersAnHour = 3

/**
 * What a text does to the consumer's opt-out; null: it is an ordinary text. STOP is confirmed once, however often it is
 * said; HELP is answered even to somebody who has stopped (reliability CO-01, CO-03).
 */
export function decideKeyword(facts: KeywordFacts): KeywordDecision | null {
  const word = wordOf(facts)
  if (word === null) return null
  const silent = facts.providerAnswers || facts.answersWithinHour >= automaticAnswersAnHour
  if (word === 'help') return { word, answer: silent ? null : 'help' }
  if (word === 'stop') return { word, answer: silent || facts.optedOut ? null : 'stopped' }
  return { word, answer: silent || !facts.optedOut ? null : 'resumed' }
}

function wordOf(facts: KeywordFacts): KeywordDecision['word'] | null {
  if (facts.providerKeyword !== null) return facts.providerKeyword
  const keyword = keywordOf(facts.text)
  switch (keyword) {
    case 'yes':
      // A provider that answers keywords tells whoever stops there to say so, and takes it for START itself. Of an opt-out
      // told to an agent, or on another channel, it knows nothing: "Yes" is then an answer to something else.
      return facts.optedOut && ((facts.providerAnswers && facts.stoppedHere) || facts.answeredLast) ? 'start' : null
    case 'start':
      return facts.optedOut ? 'start' : null
    default:
      return keyword
  }
}

/** The automatic answers, in the brand's name; each fits one SMS with a title of up to 50 characters. */
export function automaticAnswer(answer: NonNullable<KeywordDecision['answer']>, brandTitle: string): string {
  const name = [...brandTitle].slice(0, 50).join('')
  switch (answer) {
    case 'stopped':
      return `${name}: You will get no more messages from us. Reply START to get them again.`
    case 'resumed':
      return `${name}: You will get messages from us again. Reply STOP to stop them, HELP for help.`
    case 'help':
      return `${name}: We message you about your calls to us. Reply here to talk to us, STOP to stop messages.`
  }
}
