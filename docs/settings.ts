import { permissionNames, permissions } from '../contract/permissions.ts'
import { roleNames, roles } from '../contract/roles.ts'
import { describeConfig, readConfig } from '../server/platform/config.ts'
import { permissionsOfRole } from '../server/roles.ts'

/** A home in which nothing is configured, and that nobody has. */
const nowhere = '/nowhere'

/** Every setting of the server with what it is where nobody sets it. */
export function settingsPage(): string {
  const rows = describeConfig(readConfig({ SUTURE_HOME: nowhere })).map(
    ({ name, value, meaning }) =>
      `| \`${name}\` | ${value.replace(nowhere, '~/.suture')} | ${meaning.replaceAll('|', '\\|')} |`,
  )
  return `# Settings

The environment first, then \`config.json\` in \`SUTURE_HOME\`, then what stands here. \`suture config\` prints the same with the value in force; a setting that is
wrong is told in words, and the server does not start with it.

| Setting | Where nobody sets it | What it means |
|---|---|---|
${rows.join('\n')}
`
}

/** Which role holds which permission. */
export function rolesPage(): string {
  const rows = permissionNames.map((permission) => {
    const holds = roleNames.map((role) => (permissionsOfRole[role].includes(permission) ? 'yes' : ''))
    return `| \`${permission}\` | ${permissions[permission]} | ${holds.join(' | ')} |`
  })
  return `# Roles and permissions

A call is open to whoever holds its permission, and to nobody else. Whoever has several roles may do what any of them may; a person may also be limited to some
sites. No role approves a plan that its holder made.

| Role | What it is for |
|---|---|
${roleNames.map((role) => `| \`${role}\` | ${roles[role]} |`).join('\n')}

| Permission | What it lets do | ${roleNames.join(' | ')} |
|---|---|${roleNames.map(() => '---|').join('')}
${rows.join('\n')}
`
}
