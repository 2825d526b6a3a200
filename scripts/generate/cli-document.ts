import { COMMANDS } from '../gateway/commands.ts'
import { EXIT_MEANINGS } from '../gateway/exit-codes.ts'
import { commandHelp } from '../gateway/help.ts'
import { markdownTable } from './schema-fields.ts'

const INTRODUCTION = `# Command line

Made from what \`gateway COMMAND --help\` says. In a checkout it is \`node bin/gateway.js\` (or \`npx gateway\`), in the
package \`gateway\`. It speaks to the REST API: \`GATEWAY_TOKEN\` holds an API token, \`GATEWAY_URL\` (or \`--url\`) says
where the control plane is, \`http://127.0.0.1:9000\` when it says nothing.

Answers go to standard output, tables for people or JSON with \`--json\`; progress, warnings and errors go to standard
error. A command of which only the first word is given lists: \`gateway nodes\` is \`gateway nodes list\`.`

/** docs/CLI.md. */
export function cliDocument(): string {
  const overview = markdownTable(['Command', 'What it does'], COMMANDS.map(({ name, summary }) => [`[\`${name}\`](#${anchor(name)})`, summary]))
  const exits = markdownTable(['Exit code', 'Meaning'], Object.entries(EXIT_MEANINGS).map(([code, meaning]) => [code, meaning]))
  const sections = COMMANDS.map((command) => `## gateway ${command.name}\n\n\`\`\`text\n${commandHelp(command)}\`\`\``)
  return `${INTRODUCTION}\n\n${overview}\n\n## Exit codes\n\n${exits}\n\n${sections.join('\n\n')}\n`
}

function anchor(name: string): string {
  return `gateway-${name.replaceAll(' ', '-')}`
}
