import { Change } from './change.tsx'
import { type Figure, figure, figureText } from './figures.ts'
import { Part } from './part.tsx'
import names from './reports.module.css'
import type { Report } from './shapes.ts'

const between: readonly (readonly [Figure, string])[] = [
  [figure.callToText, 'from the call to the text'],
  [figure.textToReply, 'until the consumer answered'],
  [figure.replyToAgent, 'until an agent took it'],
  [figure.handling, 'until it was closed'],
]

/** How long each part of the way takes on average. */
export function Times({ report: { totals, compared } }: { report: Report }) {
  return (
    <Part title="Times" about="How long each part of the way takes, on average.">
      <dl className={names.times}>
        {between.map(([one, words]) => {
          const { id, unit, good, of } = one
          return (
            <div key={id} className={names.tile}>
              <dt>{one.label}</dt>
              <dd>
                <span className={names.number}>{figureText(unit, of(totals))}</span>
                {compared !== null && <Change unit={unit} good={good} now={of(totals)} before={of(compared)} />}
              </dd>
              <dd className={names.small}>{words}</dd>
            </div>
          )
        })}
      </dl>
    </Part>
  )
}
