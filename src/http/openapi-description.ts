/** The text above the operations. Its examples work against the sandbox as they stand. */
export const apiDescription = `
Moves a phone call into a message thread. An IVR asks whether the caller can be reached by messaging (**eligibility**), then
asks for the **invite**; the caller's answer becomes a conversation with an agent of the right skill.

### Try it here, against the sandbox

1. The sandbox's credentials are in \`data/sandbox.json\` (\`app.clientId\`, \`app.clientSecret\`).
2. *Get an AppJWT* below with account \`12345678\`, and copy the \`access_token\` of the answer.
3. *Authorize*, paste it at **appJwt**, and execute *eligibility*: handoff \`H000000000000001\`, skill \`support\`, phone
   \`+12065551004\`. Its \`callId\` is what *invite* needs.

### Order of checks

Path 404 (1004), method 405 (1005), credential 401 (1100), account and privilege 403 (1101), rate 429 (1029), media type 415 (1015),
version 400 (1002), body 400 (1000), phone number 400 (1001), then 1200, 1201, 1600, 1500, 1501, 1300.

### Bodies

JSON in UTF-8, at most 64 kB and 32 levels. Fields that are not named are ignored; a wrong type is an error, nothing is
converted; of a name given twice the last one counts. Errors are \`{"errorCode": number, "errorMessage": string}\`, with a list
\`details\` where more can be said.
`.trim()
