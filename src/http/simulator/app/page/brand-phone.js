/** What stands behind the brand's app in the sandbox: its backend, and its telephone menu. */
export async function askBrand(method, path, body) {
  const response = await fetch(`/simulator/app/${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.details?.[0] ?? answer.title ?? `HTTP ${response.status}`)
  return answer
}
