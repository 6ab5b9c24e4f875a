import { Popover } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { ChannelWord } from '../channel-words.tsx'
import { minutesInWords } from '../duration-words.ts'
import type { HandoffDraft, Sender, Skill, Template } from '../shapes.ts'
import { ChannelOrder } from './channel-order.tsx'
import names from './handoffs.module.css'
import { IvrNumbers } from './ivr-numbers.tsx'
import { LookbackField } from './lookback-field.tsx'
import { SkillsField } from './skills-field.tsx'

export interface SentenceParts {
  readonly draft: HandoffDraft
  readonly senders: readonly Sender[]
  readonly templates: readonly Template[]
  readonly skills: readonly Skill[]
  set(change: Partial<HandoffDraft>): void
}

/** The whole handoff in one sentence; what is bold in it can be changed there. `readOnly`: it is only told. */
export function Sentence({ parts, readOnly = false }: { parts: SentenceParts; readOnly?: boolean }) {
  const { draft } = parts
  const sms = draft.channels.find(({ channel }) => channel === 'sms')
  const numbers = Object.keys(sms?.senderByIvrNumber ?? {})
  const control = (label: string, words: ReactNode, inside: ReactNode) =>
    readOnly ? <strong>{words}</strong> : <Control label={label} words={words} inside={inside} />
  return (
    <p className={names.sentence}>
      Callers of{' '}
      {sms === undefined
        ? 'any IVR number'
        : control(
            'Numbers by which the sender is chosen',
            numbers.length === 0 ? 'any IVR number' : `${numbers.slice(0, 2).join(', ')} and any other`,
            <IvrNumbers {...parts} />,
          )}{' '}
      who press 1 get{' '}
      {control(
        'Channels and their order',
        draft.channels.length === 0 ? (
          'no channel yet'
        ) : (
          <span>
            {draft.channels.map(({ channel }, index) => (
              <Fragment key={channel}>
                {index > 0 && ', else '}
                <ChannelWord channel={channel} />
              </Fragment>
            ))}
          </span>
        ),
        <ChannelOrder {...parts} />,
      )}
      , and reach{' '}
      {control('Skills', draft.skills === null ? 'any skill' : listed(draft.skills), <SkillsField {...parts} />)} for{' '}
      <span className={names.together}>
        {control('Lookback', minutesInWords(draft.lookbackMinutes), <LookbackField {...parts} />)}.
      </span>
    </p>
  )
}

const listed = (words: readonly string[]) =>
  words.length < 2 ? (words[0] ?? 'no skill yet') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

function Control({ label, words, inside }: { label: string; words: ReactNode; inside: ReactNode }) {
  return (
    <Popover width="min(360px, calc(100vw - 32px))" position="bottom-start" trapFocus shadow="md" withinPortal>
      <Popover.Target>
        <button type="button" className={names.control}>
          {words}
          <span className="visually-hidden">: change {label.toLowerCase()}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>{inside}</Popover.Dropdown>
    </Popover>
  )
}
