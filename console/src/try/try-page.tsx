import { Button, SegmentedControl } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { AgentColumn } from './agent-column.tsx'
import { newCaller } from './call-store.ts'
import { PhoneDevice } from './phone-device.tsx'
import names from './try.module.css'
import { WhatHappens } from './what-happens.tsx'

/** One story in three live columns: a caller, what the server does about it, and the agent. Sandbox only. */
export function TryPage() {
  const [shown, setShown] = useState('phone')
  return (
    <div className={names.page}>
      <header className={names.head}>
        <div>
          <h1>Try it</h1>
          <p>Call, press 1, answer the text, and take the conversation as the agent.</p>
        </div>
        <Button
          variant="default"
          size="sm"
          leftSection={<IconUserPlus size={16} stroke={1.6} />}
          onClick={() => {
            newCaller()
            setShown('phone')
          }}
        >
          New caller
        </Button>
      </header>
      <SegmentedControl
        className={names.choice!}
        aria-label="Side of the story"
        fullWidth
        value={shown}
        onChange={setShown}
        data={[
          { value: 'phone', label: 'Phone' },
          { value: 'happens', label: 'What happens' },
          { value: 'agent', label: 'Agent' },
        ]}
      />
      <div className={names.columns} data-shows={shown}>
        <div className={names.phoneColumn}>
          <PhoneDevice />
        </div>
        <WhatHappens />
        <AgentColumn />
      </div>
    </div>
  )
}
