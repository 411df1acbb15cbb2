/** Azure's built-in roles that the stack assigns; the ids are the same in every tenant. */
export const ROLES = {
  /** Recognition and transcription, without a right to list keys. */
  speechUser: 'f2dc8367-1007-4938-bd23-fe263f013447',
  /** Work in an AI Foundry project; the portal calls it Azure AI User or Foundry User. */
  foundryUser: '53ca6127-db72-4b80-b1b0-d745d6d5456d',
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb',
  monitoringDataReader: 'b0d8363b-8ddd-447d-831f-62ca05bff136',
  grafanaAdmin: '22926164-76b3-42b3-bc55-97df8dab3e41',
} as const;

export type Role = keyof typeof ROLES;
