import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api } from '../api.ts'
import { RowsSkeleton } from '../ui/rows-skeleton.tsx'
import { channelWords } from '../workspace/lists.ts'
import charts from './charts.module.css'
import { countText, shareText } from './figures.ts'
import { groupId, groupWords, noGroup } from './group-words.ts'
import { Answered, Part } from './part.tsx'
import { PlainTable } from './plain-table.tsx'
import { useReportPage } from './report-context.ts'
import names from './reports.module.css'
import type { Variants as Answer } from './shapes.ts'
import { paceOf, useReport } from './use-report.ts'
import { windowOf } from './view.ts'

/** Which of a handoff's texts more people answer, and whether that can be said yet. */
export function Variants() {
  const { address, go } = useReportPage()
  const found = useReport(['handoff', 'variant'])
  const handoffs = [
    ...new Set(
      found.data?.rows.flatMap(({ group }) => (groupId(group.variant) === noGroup ? [] : [groupId(group.handoff)])),
    ),
  ]
  const chosen = handoffs.includes(address.texts) ? address.texts : handoffs[0]
  return (
    <Part
      title="Texts compared"
      about="A handoff may have several first messages. Which one do more people answer?"
      actions={
        handoffs.length > 1 && (
          <Select
            aria-label="Handoff whose texts are compared"
            size="xs"
            w={220}
            data={handoffs.map((id) => ({ value: id, label: groupWords('handoff', id) }))}
            value={chosen ?? null}
            allowDeselect={false}
            onChange={(texts) => go({ texts: texts ?? '' })}
          />
        )
      }
    >
      <Answered query={found} skeleton={<RowsSkeleton rows={3} />}>
        {() =>
          chosen === undefined ? (
            <p className={names.quiet}>
              No call of this time went out with one of several texts. Add a second text to a handoff, and this says
              which one works better, and when there is enough to say so.
            </p>
          ) : (
            <OfHandoff handoffId={chosen} />
          )
        }
      </Answered>
    </Part>
  )
}

function OfHandoff({ handoffId }: { handoffId: string }) {
  const { view, held } = useReportPage()
  const query = useQuery({
    queryKey: ['reports', 'variants', handoffId, view.days, view.zone],
    queryFn: ({ signal }) => {
      const { from, to } = windowOf(view, Date.now())
      return api('POST /api/reports/variants', { body: { from, to, handoffId }, signal })
    },
    refetchInterval: paceOf(view, held),
  })
  return (
    <Answered query={query} skeleton={<RowsSkeleton rows={3} />}>
      {(answer) => (
        <>
          {answer.verdict !== '' && <p className={charts.verdict}>{answer.verdict}</p>}
          <Intervals answer={answer} />
        </>
      )}
    </Answered>
  )
}

/** Each text's reply rate with the interval in which the true one lies (95 %), all on one scale from zero. */
function Intervals({ answer: { variants, verdicts } }: { answer: Answer }) {
  const top = Math.max(0.05, ...variants.map(({ sent, high }) => (sent === 0 ? 0 : high)))
  // A difference can be plain before there are enough to rule out a small one.
  const decided = verdicts.filter(({ kind }) => kind === 'better').map(({ channel }) => channel)
  return (
    <PlainTable
      label="Texts with their reply rates"
      heads={['Text', 'Channel', 'Weight', 'Sent', 'Replied', 'Reply rate', `0 to ${shareText(top)}, 95 % interval`]}
      left={[1, 6]}
      rows={variants.map((one) => ({
        key: `${one.channel} ${one.variant}`,
        cells: [
          <div key="text" className={charts.text}>
            <strong>{one.variant}</strong> {one.text ?? 'no longer in the handoff'}
          </div>,
          channelWords[one.channel],
          one.weight ?? '',
          countText(one.sent),
          countText(one.replied),
          shareText(one.rate),
          <Interval key="interval" of={one} wanting={!one.enough && !decided.includes(one.channel)} top={top} />,
        ],
      }))}
    />
  )
}

function Interval({
  of: { sent, rate, low, high, more },
  wanting,
  top,
}: {
  of: Answer['variants'][number]
  /** Too few were sent to say anything. */
  wanting: boolean
  /** The scale's end. */
  top: number
}) {
  const left = (share: number) => `${(100 * share) / top}%`
  return (
    <div className={charts.interval}>
      <div className={charts.scale} aria-hidden>
        {sent > 0 && (
          <div
            className={charts.range}
            style={{ left: left(low), width: `calc(${left(high)} - ${left(low)})` }}
            data-enough={!wanting || undefined}
          />
        )}
        {rate !== null && <div className={charts.dot} style={{ left: left(rate) }} />}
      </div>
      <span>
        {sent === 0 ? 'nothing sent yet' : `${shareText(low)} to ${shareText(high)}`}
        {wanting && `, about ${countText(more)} more needed`}
      </span>
    </div>
  )
}
