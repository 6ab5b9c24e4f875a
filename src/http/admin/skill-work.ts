import { Type } from 'typebox'
import { type OpeningHours, weekdays } from '../../domain/opening-hours.ts'
import { routings } from '../../domain/routing.ts'
import { autoTexts, autoTextsChange } from './auto-texts.ts'
import { strict } from './schemas.ts'

const span = strict({ from: Type.String({ maxLength: 5 }), to: Type.String({ maxLength: 5 }) })
const spans = Type.Array(span, { maxItems: 10, description: 'Like 09:00 to 17:30; a day ends at 24:00.' })
/** When agents are there. */
export const openingHours = Type.Unsafe<OpeningHours | null>(
  Type.Union(
    [
      strict({
        timeZone: Type.String({ maxLength: 64, description: 'Like Europe/London.' }),
        weekly: strict(Object.fromEntries(weekdays.map((day) => [day, Type.Optional(spans)]))),
        holidays: Type.Array(
          strict({
            date: Type.String({ maxLength: 10, description: 'Like 2026-12-25.' }),
            name: Type.Optional(Type.String({ maxLength: 100 })),
            open: spans,
          }),
          { maxItems: 400, description: 'Days with spans of their own; none: closed.' },
        ),
      }),
      Type.Null(),
    ],
    { description: 'null: always open.' },
  ),
)

/** How a skill's conversations are worked on. */
export const skillWorkFields = {
  routing: Type.Enum(routings, { description: 'pull: agents take. offer: the next one is offered, with a countdown.' }),
  offerSeconds: Type.Integer({ description: 'How long an offer stands before it passes on.' }),
  priority: Type.Integer({ description: 'Higher goes first. Counts for what comes into the queue from then on.' }),
  hours: openingHours,
  texts: autoTexts,
  surveyOn: Type.Boolean({ description: 'Ask after closing how it was, 1 to 5, on the same channel.' }),
  closeAfterMinutes: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Minutes of the consumer’s silence after an answer; null: what the settings say.',
  }),
}
export const skillWorkChange = {
  ...Type.Partial(Type.Object({ ...skillWorkFields })).properties,
  texts: Type.Optional(autoTextsChange),
}
