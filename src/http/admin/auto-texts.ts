import { Type } from 'typebox'

const text = (description: string) => Type.Union([Type.String({ maxLength: 1_600 }), Type.Null()], { description })

/** Automatic texts; what is not given stays. */
export const autoTexts = Type.Object(
  {
    firstAnswer: text('When a conversation begins in hours.'),
    outOfHours: text('Once, when a consumer writes while the skill is closed.'),
    waiting: text('Once, to whom nobody has answered for so many minutes.'),
    survey: text('The question after closing; null: ours.'),
  },
  { additionalProperties: false },
)

export const autoTextsChange = Type.Partial(autoTexts, { additionalProperties: false })
