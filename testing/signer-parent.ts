import { startSigner } from './signer-process.ts'

// Stands for the server: it starts a signer and lives until it is killed.
const [home = '', url = ''] = process.argv.slice(2)
const { pid } = await startSigner({ home, url })
process.send?.({ pid })
