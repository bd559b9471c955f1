import { Lock } from '@suture/server/signing/signer/seal.ts'

/** Deriving a key costs the product half a second on purpose; the homes of tests, whose signers open no others, cost nothing. */
export const testLock = (passphrase: string): Lock => new Lock(passphrase, 1 << 4)
