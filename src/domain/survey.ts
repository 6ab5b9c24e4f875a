/** A number that comes later than this is no answer to the question any more. */
export const surveyAnswerHours = 24

/** Thanks and the like, in the languages of the regions served, that people put beside the number. */
const courtesies =
  'thanks|thank you|thank u|thx|ty|cheers|please|merci|danke|vielen dank|gracias|muchas gracias|grazie|obrigado|obrigada|bedankt'
const numberWords: Readonly<Record<string, number>> = {
  ...{ one: 1, two: 2, three: 3, four: 4, five: 5 },
  ...{ un: 1, deux: 2, trois: 3, quatre: 4, cinq: 5 },
  ...{ eins: 1, zwei: 2, drei: 3, vier: 4, fünf: 5 },
  ...{ uno: 1, dos: 2, tres: 3, cuatro: 4, cinco: 5 },
}
const word = Object.keys(numberWords).join('|')
const answer = new RegExp(
  `^(?:([1-5])|(${word}))(?:\\s*(?:/|of|out of|von|sur|de)\\s*5)?(?:\\s+(?:stars?|points?))?$`,
  'u',
)

/** A longer text is somebody speaking. */
const longestAnswer = 40

/**
 * The score 1 to 5 that a text consists of, or null when it says anything more: "2 of my bills are wrong" is no score.
 * Case, punctuation and thanks count for nothing; stars are counted.
 */
export function scoreOf(text: string): number | null {
  const said = text.normalize('NFKC').trim().toLowerCase()
  if (said.length > longestAnswer) return null
  const stars = [...said.matchAll(/[⭐🌟★]/gu)].length
  if (stars > 0 && !/[\p{L}\p{N}]/u.test(said)) return stars <= 5 ? stars : null
  const bare = said
    .replace(new RegExp(`(?<!\\p{L})(?:${courtesies})(?!\\p{L})`, 'gu'), ' ')
    .replace(/[^\p{L}\p{N}/]+/gu, ' ')
    .replace(/^[/ ]+|[/ ]+$/g, '')
  const [, digit, spelt] = answer.exec(bare) ?? []
  if (digit !== undefined) return Number(digit)
  return spelt === undefined ? null : numberWords[spelt]!
}

/** The question that a consumer was asked last on this sender, when nothing else has begun since. */
export interface AskedSurvey {
  readonly conversationId: string
  readonly askedAt: Date
}

/**
 * The score that a consumer's text gives to the survey; null: the text is an ordinary one.
 * An invite sent since then asks something else, and its answer may be a number too; the last number within the hours
 * counts, so that somebody who corrects a score opens no conversation.
 */
export function surveyAnswer(
  survey: AskedSurvey | null,
  said: { readonly text: string; readonly at: Date; readonly lastInvitedAt: Date | null },
): number | null {
  if (survey === null || said.at.getTime() > survey.askedAt.getTime() + surveyAnswerHours * 3_600_000) return null
  if (said.lastInvitedAt !== null && said.lastInvitedAt > survey.askedAt) return null
  return scoreOf(said.text)
}
