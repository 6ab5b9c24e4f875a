import { Tabs } from '@mantine/core'
import { useMay } from '../../session.ts'
import { PageBody } from '../../ui/page-body.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlFilters } from '../../ui/use-url-filters.ts'
import { AccountTexts } from './account-texts.tsx'
import { CannedReplies } from './canned-replies.tsx'

const defaults = { part: '' }

/** What is said automatically, and what agents can say with a few letters. */
export function TextsPage() {
  const may = useMay()
  const [{ part }, setFilters] = useUrlFilters(defaults)
  const parts = [
    ...(may('canned-replies.read') ? [['canned', 'Canned replies'] as const] : []),
    ...(may('settings.read') ? [['automatic', 'Automatic texts'] as const] : []),
  ]
  const shown = parts.find(([id]) => id === part)?.[0] ?? parts[0]?.[0] ?? null
  return (
    <PageBody>
      <PageHeader title="Texts" purpose="Replies that agents call up by a slash, and what the brand says by itself." />
      <Tabs
        value={shown}
        onChange={(next) => setFilters({ part: next ?? '' })}
        keepMounted={false}
        keepMountedMode="display-none"
      >
        <Tabs.List mb="lg">
          {parts.map(([id, label]) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="canned">
          <CannedReplies />
        </Tabs.Panel>
        {/* Stays behind the other tab, awake: what is typed into it is asked about when somebody leaves. */}
        <Tabs.Panel value="automatic" keepMounted={may('settings.read')}>
          <AccountTexts />
        </Tabs.Panel>
      </Tabs>
    </PageBody>
  )
}
