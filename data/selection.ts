interface Name {
  readonly vendor: string
  readonly product: string
}

/** A product of the snapshot, and which source says what about it. */
export interface Chosen extends Name {
  /** What sources and devices call it; each name is explained in README.md. */
  readonly aliases?: readonly Name[]
  /** CISA advisories, by id: what the product is called in the product tree, and which vulnerabilities are taken. */
  readonly advisories?: Readonly<Record<string, FromAdvisory>>
  /** CVE records, by id: what the record's CNA calls the product. */
  readonly records?: Readonly<Record<string, Name>>
}

interface FromAdvisory {
  readonly called: string
  readonly only?: readonly string[]
  /** The fixed version, where the advisory names it in a remediation and not as the end of the range. */
  readonly fixed?: string
}

const of = (vendor: string, ...products: readonly string[]): Name[] => products.map((product) => ({ vendor, product }))

const fromCisa = (vendor: string, product: string, id: string, from: Partial<FromAdvisory> = {}): Chosen => ({
  vendor,
  product,
  advisories: { [id]: { called: product, ...from } },
})

const webUi = (product: string) =>
  fromCisa('Rockwell Automation', product, 'ICSA-23-297-01', {
    called: `${product} (running Cisco IOS XE Software with the Web UI feature enabled)`,
  })
const siemens = (product: string, order: string, id: string, only?: readonly string[]): Chosen => ({
  ...fromCisa('Siemens', product, id, { called: `${product} (${order})`, ...(only && { only }) }),
  aliases: of('Siemens', `${product} (${order})`, order),
})
const polkit = (product: string, order: string) => siemens(product, order, 'ICSA-23-075-01', ['CVE-2021-4034'])
const geovision = (product: string, called: string): Chosen => ({
  vendor: 'GeoVision',
  product,
  aliases: of('GeoVision', called),
  records: { 'CVE-2024-6047': { vendor: 'GeoVision', product: called } },
})
const converter = (product: string): Chosen => ({
  ...fromCisa('Advantech', product, 'ICSA-23-269-04', { called: `${product} series`, fixed: '1.26' }),
  aliases: of('Advantech', `${product} series`),
})
const accessPoint = (product: string): Chosen => ({
  ...fromCisa('FXC', product, 'ICSA-23-355-01', { called: `${product} firmware`, fixed: '2.0.10' }),
  aliases: [...of('FXC', `${product} firmware`), ...of('FXC Inc.', product)],
})

/** Everything that the snapshot holds, and nothing else is read. */
export const selection: readonly Chosen[] = [
  {
    ...fromCisa('Unitronics', 'Vision', 'ICSA-23-348-15', { called: 'OS' }),
    aliases: of('Unitronics', 'OS', 'Samba', 'Vision PLC and HMI', 'Vision Series', 'Samba Series'),
  },
  fromCisa('Unitronics', 'VisiLogic', 'ICSA-23-348-15'),
  webUi('Stratix 5800'),
  webUi('Stratix 5200'),
  {
    ...fromCisa('Nice', 'Linear eMerge E3-Series', 'ICSA-24-065-01'),
    aliases: [
      ...of('Nice', 'Linear eMerge E3', 'eMerge E3'),
      ...of('Nortek', 'Linear eMerge E3'),
      ...of('nortekcontrol', 'linear_emerge_essential_firmware', 'linear_emerge_elite_firmware'),
    ],
  },
  {
    vendor: 'QNAP',
    product: 'VioStor NVR',
    aliases: [...of('QNAP', 'VioStor', 'VioStor NVR QVR firmware'), ...of('QNAP Systems Inc.', 'VioStor NVR')],
    records: { 'CVE-2023-47565': { vendor: 'QNAP Systems Inc.', product: 'VioStor NVR' } },
  },
  accessPoint('AE1021'),
  accessPoint('AE1021PE'),
  {
    vendor: 'TP-Link',
    product: 'TL-WR841N',
    records: { 'CVE-2023-50224': { vendor: 'TP-Link', product: 'TL-WR841N' } },
  },
  {
    vendor: 'D-Link',
    product: 'DIR-859',
    aliases: of('dlink', 'dir-859_firmware'),
    records: { 'CVE-2024-0769': { vendor: 'D-Link', product: 'DIR-859' } },
  },
  geovision('GV-DSP LPR V2', 'GV_DSP_LPR_V2'),
  geovision('GV-FD2410', 'GV_IPCAMD_GV_FD2410'),
  {
    vendor: 'Palo Alto Networks',
    product: 'PAN-OS',
    aliases: of('paloaltonetworks', 'pan-os'),
    records: { 'CVE-2024-3400': { vendor: 'Palo Alto Networks', product: 'PAN-OS' } },
  },
  fromCisa('Siemens', 'RUGGEDCOM APE1808', 'ICSA-24-116-03'),
  polkit('SCALANCE M874-3', '6GK5874-3AA00-2AA2'),
  polkit('SCALANCE M876-4 (EU)', '6GK5876-4AA00-2BA2'),
  polkit('SCALANCE S615', '6GK5615-0AA00-2AA2'),
  polkit('RUGGEDCOM RM1224 LTE(4G) EU', '6GK6108-4AM00-2BA2'),
  siemens('SCALANCE XCM328', '6GK5328-4TS01-2AC2', 'ICSA-24-046-11', ['CVE-2022-2586']),
  siemens('SIMATIC S7-1500 CPU 1518-4 PN/DP MFP', '6ES7518-4AX00-1AB0', 'ICSA-23-348-10', [
    'CVE-2023-4911',
    'CVE-2023-44487',
  ]),
  siemens('SIMATIC MV540 H', '6GF3540-0GE10', 'ICSA-23-194-04'),
  {
    vendor: 'Siemens',
    product: 'CPCI85 Central Processing/Communication',
    aliases: of('Siemens', 'CPCI85'),
    advisories: {
      'ICSA-24-137-02': { called: 'CPCI85 Central Processing/Communication' },
      'ICSA-24-207-01': { called: 'CPCI85 Central Processing/Communication' },
    },
  },
  converter('EKI-1521-CE'),
  converter('EKI-1522-CE'),
  converter('EKI-1524-CE'),
  fromCisa('INEA', 'ME RTU', 'ICSA-23-304-02', { fixed: '3.37' }),
  fromCisa('LenelS2', 'NetBox', 'ICSA-24-151-01'),
  {
    ...fromCisa('Optigo Networks', 'ONS-S8', 'ICSA-24-275-01', { called: 'ONS-S8 - Spectra Aggregation Switch' }),
    aliases: of('Optigo Networks', 'ONS-S8 - Spectra Aggregation Switch'),
  },
  fromCisa('Axis Communications', 'AXIS A1001', 'ICSA-23-206-01'),
  {
    ...fromCisa('Baxter', 'Welch Allyn Connex Spot Monitor', 'ICSMA-24-151-02', {
      called: 'Welch Allyn Connex Spot Monitor (CSM)',
    }),
    aliases: of('Baxter', 'Welch Allyn Connex Spot Monitor (CSM)'),
  },
  fromCisa('Schneider Electric', 'PowerLogic ION9000', 'ICSA-23-229-03'),
  fromCisa('Mitsubishi Electric', 'GOT2000 Series, GT21 model', 'ICSA-23-215-01', { fixed: '01.50.000' }),
  fromCisa('Teltonika', 'RUT model routers', 'ICSA-23-131-08'),
  fromCisa('Delta Electronics', 'InfraSuite Device Master', 'ICSA-24-130-03', { fixed: '1.0.11' }),
]
