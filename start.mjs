// Plain JavaScript, because an old Node cannot read the rest. `suture` is the same program.
import './cli/bin/suture.mjs'
