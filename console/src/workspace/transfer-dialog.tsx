import { Radio, ScrollArea, SegmentedControl, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { AgentView, ConversationView, SkillView } from '../live/shapes.ts'
import { useLiveState } from '../live/use-live.ts'
import { useSession } from '../session.ts'
import { FormDialog } from '../ui/form-dialog.tsx'
import { deeds, type Target } from './deeds.ts'
import { nameOf } from './lists.ts'

/** To another skill's queue or to a colleague, with a note that only colleagues see. */
export function TransferDialog({ conversation, onClose }: { conversation: ConversationView; onClose(): void }) {
  const { userId } = useSession()
  const skills = useLiveState((state) => state.skills)
  const agents = useLiveState((state) => state.agents)
  const [to, setTo] = useState<'skill' | 'agent'>('skill')
  const [chosen, setChosen] = useState<string | null>(null)
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const choices =
    to === 'skill'
      ? [...skills.values()]
          .filter((one) => one.skillId !== conversation.skill.skillId || conversation.state === 'assigned')
          .map(skillChoice)
      : [...agents.values()]
          .filter((one) => one.userId !== userId && one.userId !== conversation.owner?.userId)
          .sort((a, b) => Number(unfit(a) !== null) - Number(unfit(b) !== null) || a.name.localeCompare(b.name))
          .map(agentChoice)
  const go = async () => {
    if (chosen === null) return
    setBusy(true)
    const target: Target = to === 'skill' ? { skillId: chosen } : { userId: chosen }
    const done = await deeds.transfer(conversation.conversationId, target, note.trim())
    setBusy(false)
    if (done) onClose()
  }
  return (
    <FormDialog
      title={`Transfer ${nameOf(conversation)}`}
      submit="Transfer"
      saving={busy}
      disabled={chosen === null}
      error={null}
      onSubmit={() => void go()}
      onClose={onClose}
    >
      <SegmentedControl
        aria-label="To whom"
        value={to}
        onChange={(value) => {
          setTo(value as 'skill' | 'agent')
          setChosen(null)
        }}
        data={[
          { value: 'skill', label: 'To a skill' },
          { value: 'agent', label: 'To a colleague' },
        ]}
      />
      <ScrollArea.Autosize mah={260}>
        <Radio.Group value={chosen} onChange={setChosen} aria-label={to === 'skill' ? 'Skill' : 'Colleague'}>
          <Stack gap="sm">
            {choices.map(({ id, label, about, disabled }) => (
              <Radio key={id} value={id} label={label} description={about} disabled={disabled} />
            ))}
            {choices.length === 0 &&
              (to === 'skill' ? 'There is no other skill.' : 'No colleague handles conversations.')}
          </Stack>
        </Radio.Group>
      </ScrollArea.Autosize>
      <Textarea
        label="Note for who gets it"
        description="Only colleagues see it."
        autosize
        minRows={2}
        maxRows={6}
        maxLength={4_000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </FormDialog>
  )
}

interface Choice {
  readonly id: string
  readonly label: string
  readonly about: string
  readonly disabled: boolean
}

function skillChoice({ skillId, name, waiting, open }: SkillView): Choice {
  const words = [waiting === 0 ? 'nobody waits' : `${waiting} waiting`, ...(open ? [] : ['outside its hours'])]
  return { id: skillId, label: name, about: words.join(', '), disabled: false }
}

function agentChoice(agent: AgentView): Choice {
  const { userId, name, load, capacity } = agent
  const reason = unfit(agent)
  return { id: userId, label: name, about: reason ?? `${load} of ${capacity} conversations`, disabled: reason !== null }
}

/** Why nothing can be given to this colleague now; null when something can. */
function unfit({ presence, load, capacity }: AgentView): string | null {
  if (presence !== 'online') return presence
  return load >= capacity ? `full, ${load} of ${capacity} conversations` : null
}
