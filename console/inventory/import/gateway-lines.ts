interface Given {
  readonly server: string
  readonly tenant: string
  readonly secret: string
}

/** What an update client that speaks hawkBit’s device protocol is told, as one line for a terminal each. */
export const linesFor = ({ server, tenant, secret }: Given) => [
  { what: 'SWUpdate', line: `swupdate -u '-t ${tenant} -u ${server} -i DEVICE -g ${secret}'` },
  {
    what: 'curl',
    line: `curl -H 'Authorization: GatewayToken ${secret}' ${server}/${tenant}/controller/v1/DEVICE`,
  },
]
