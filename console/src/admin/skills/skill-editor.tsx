import { NumberInput, Switch, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../../api.ts'
import { useMay } from '../../session.ts'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { toast } from '../../ui/toast.tsx'
import names from '../admin.module.css'
import { BackLink } from '../back-link.tsx'
import { minutesInWords } from '../duration-words.ts'
import { SaveBar } from '../save-bar.tsx'
import { Section } from '../section.tsx'
import type { AutoTexts, Settings, Skill } from '../shapes.ts'
import { AutoTextFields } from '../texts/auto-text-fields.tsx'
import { textChange } from '../texts/text-change.ts'
import { useChange } from '../use-config.ts'
import { useDraft } from '../use-draft.ts'
import { HoursFields } from './hours-fields.tsx'
import { RoutingFields } from './routing-fields.tsx'

export type SkillDraft = Omit<Skill, 'skillId' | 'texts'> & AutoTexts

/** What a skill is when nothing is said (the server's own defaults). */
const blank: SkillDraft = {
  name: '',
  enabled: true,
  engaged: true,
  routing: 'pull',
  offerSeconds: 30,
  priority: 0,
  hours: null,
  firstAnswer: null,
  outOfHours: null,
  waiting: null,
  survey: null,
  surveyOn: false,
  closeAfterMinutes: null,
}

/** A skill: its name, its routing, its hours, its words. */
export function SkillEditor({ skill, settings }: { skill: Skill | null; settings: Settings | null }) {
  const mayChange = useMay()('skills.change')
  const navigate = useNavigate()
  const draft = useDraft<SkillDraft>(skill === null ? blank : draftOf(skill))
  const save = useChange(
    (accountId, { enabled, ...body }: ReturnType<typeof textChange<Partial<SkillDraft>>>) =>
      skill === null
        ? api('POST /api/admin/accounts/{accountId}/skills', {
            params: { accountId },
            body: { ...body, name: draft.value.name, engaged: draft.value.engaged },
          })
        : api('PATCH /api/admin/accounts/{accountId}/skills/{skillId}', {
            params: { accountId, skillId: skill.skillId },
            body: { ...body, ...(enabled === undefined ? {} : { enabled }) },
          }),
    ['skills', 'handoffs', 'users'],
  )
  const store = () => {
    const sent = draft.changes
    save.mutate(textChange(sent), {
      onSuccess: ({ skillId, name }) => {
        if (skill === null) draft.clear()
        else draft.settle(sent)
        toast({ text: `The skill ${name} is saved.` })
        if (skill === null) void navigate({ to: '/skills/$skillId', params: { skillId } as never })
      },
    })
  }
  const { value, set } = draft
  const usual = settings?.closeAfterMinutes ?? null
  return (
    <PageBody>
      <PageHeader
        back={<BackLink to="/skills">Skills and routing</BackLink>}
        title={skill?.name ?? 'New skill'}
        purpose="Who gets these conversations is set with each person, under People."
        action={
          skill !== null &&
          mayChange && (
            <Switch
              label={value.enabled ? 'On' : 'Off'}
              checked={value.enabled}
              onChange={(event) => set({ enabled: event.currentTarget.checked })}
            />
          )
        }
      />
      <fieldset disabled={!mayChange || (skill === null && save.isPending)} className={names.fieldset}>
        <legend className="visually-hidden">The skill</legend>
        <Section title="Skill" about="The IVR names it exactly so.">
          <TextInput
            label="Name"
            required
            maxLength={255}
            value={value.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Switch
            label="Takes deflected calls"
            description="The IVR may name it. Without this, calls that name it are refused."
            checked={value.engaged}
            onChange={(event) => set({ engaged: event.currentTarget.checked })}
          />
        </Section>
        <RoutingFields draft={value} set={set} />
        <HoursFields hours={value.hours} onChange={(hours) => set({ hours })} />
        <Section title="Automatic texts" about="What is left as it is comes from Texts, the same for every skill.">
          <AutoTextFields texts={value} usual={settings?.texts ?? null} onChange={set} />
        </Section>
        <Section title="Closing">
          <Switch
            label="Ask after closing how it was"
            description="A question from 1 to 5, on the same channel."
            checked={value.surveyOn}
            onChange={(event) => set({ surveyOn: event.currentTarget.checked })}
          />
          <NumberInput
            label="Close after silence"
            description={`Minutes without an answer of the consumer. Empty: ${usual === null ? 'never by itself' : minutesInWords(usual)}, as in the settings.`}
            min={1}
            max={43_200}
            allowDecimal={false}
            value={value.closeAfterMinutes ?? ''}
            onChange={(next) => set({ closeAfterMinutes: next === '' ? null : Number(next) })}
          />
        </Section>
      </fieldset>
      <SaveBar draft={draft} save={save} onSave={store} label={skill === null ? 'Add skill' : 'Save changes'} />
    </PageBody>
  )
}

const draftOf = ({ skillId: _id, texts, ...rest }: Skill): SkillDraft => ({ ...rest, ...texts })
