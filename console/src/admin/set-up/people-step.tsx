import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { api } from '../../api.ts'
import { useSession } from '../../session.ts'
import { Problem } from '../../ui/problem.tsx'
import { useChange } from '../use-config.ts'

/** To answer oneself is one click; everybody else is added under People. */
export function PeopleStep({ skill }: { skill: string | null }) {
  const { userId, skills } = useSession()
  const join = useChange(
    (accountId, name: string) =>
      api('PATCH /api/admin/accounts/{accountId}/users/{userId}', {
        params: { accountId, userId },
        body: { skills: [...new Set([...skills.map((one) => one.name), name])] },
      }),
    ['users'],
  )
  return (
    <Stack gap="md">
      {skill === null && <Text size="sm">First add a skill, in the step above.</Text>}
      {join.error !== null && <Problem error={join.error} />}
      <Group gap="md">
        {skill !== null && (
          <Button loading={join.isPending} onClick={() => join.mutate(skill)}>
            I answer {skill} myself
          </Button>
        )}
        <Anchor component={Link} to="/people" size="sm">
          Add colleagues under People
        </Anchor>
      </Group>
    </Stack>
  )
}
