import { Command, Option } from 'commander'
import { formats } from './output.ts'
import { artifact } from './verbs/artifact.ts'
import { backup } from './verbs/backup.ts'
import { bill } from './verbs/bill.ts'
import { build } from './verbs/build.ts'
import { config } from './verbs/config.ts'
import { demo } from './verbs/demo.ts'
import { device } from './verbs/device.ts'
import { doctor } from './verbs/doctor.ts'
import { event } from './verbs/event.ts'
import { evidence } from './verbs/evidence.ts'
import { feed } from './verbs/feed.ts'
import { gateway } from './verbs/gateway.ts'
import { database, setupCode } from './verbs/host.ts'
import { init, join } from './verbs/init.ts'
import { lab } from './verbs/lab.ts'
import { login, logout, password, whoami } from './verbs/login.ts'
import { model } from './verbs/model.ts'
import { notice } from './verbs/notice.ts'
import { profile } from './verbs/profile.ts'
import { release } from './verbs/release.ts'
import { report } from './verbs/report.ts'
import { finding, fix } from './verbs/risk.ts'
import { rollout } from './verbs/rollout.ts'
import { serve } from './verbs/serve.ts'
import { signer } from './verbs/signer.ts'
import { site } from './verbs/site.ts'
import { token } from './verbs/token.ts'
import { user } from './verbs/user.ts'
import { vendorKey } from './verbs/vendor-key.ts'
import { vulnerability } from './verbs/vulnerability.ts'
import { webhook } from './verbs/webhook.ts'

const verbs = [
  serve,
  init,
  join,
  login,
  logout,
  password,
  whoami,
  user,
  token,
  site,
  device,
  model,
  bill,
  gateway,
  event,
  webhook,
  notice,
  feed,
  vulnerability,
  finding,
  fix,
  evidence,
  report,
  vendorKey,
  artifact,
  release,
  lab,
  profile,
  rollout,
  signer,
  setupCode,
  database,
  backup,
  build,
  config,
  doctor,
  demo,
]

/** The whole command line as a tree of commands, each with its options; nothing runs until it parses something. */
export function suture(): Command {
  const program = new Command('suture')
    .description('From a published vulnerability to verifiably patched devices.')
    .option('--server <url>', 'the server to talk to (SUTURE_URL; otherwise the last sign-in, otherwise this machine)')
    .option('--ca <file>', 'a certificate to believe besides those of this machine, PEM (SUTURE_CA)')
    .addOption(new Option('-o, --output <format>', 'how lists are printed').choices([...formats]).default('table'))
    .exitOverride()
    .showHelpAfterError('suture --help lists the commands.')
    .addHelpText('after', '\nsuture --version prints the version.')
  for (const add of verbs) add(program)
  return program
}
