/** What az answers when all is well: a subscription with every right, every provider and much room. */
import type { Rule } from '../../verbs/testing/fake-program.ts';

export const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
export const OTHER_SUBSCRIPTION = '66666666-7777-8888-9999-000000000000';
const TENANT = '22222222-3333-4444-5555-666666666666';
export const PERSON = '99999999-8888-7777-6666-555555555555';
export const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

export const account = (id: string, name: string) => ({
  environmentName: 'AzureCloud',
  id,
  name,
  state: 'Enabled',
  tenantId: TENANT,
  user: { name: 'ada@example.com', type: 'user' },
});

export const NOT_THERE =
  'ERROR: (ResourceNotFound) The Resource was not found.\nCode: ResourceNotFound';

/** `token` is good for Speech. */
export function goodAzure(token: string): readonly Rule[] {
  return [
    { match: 'version', out: { 'azure-cli': '2.77.0' } },
    { match: 'account show', out: account(SUBSCRIPTION, 'Pay as you go') },
    { match: 'account list', out: [account(SUBSCRIPTION, 'Pay as you go')] },
    { match: 'account set' },
    { match: 'account get-access-token', out: { accessToken: token, tokenType: 'Bearer' } },
    {
      match:
        'rest --method get --url /subscriptions/*/providers/Microsoft.Authorization/permissions',
      out: { value: [{ actions: ['*'], notActions: [] }] },
    },
    {
      match: 'provider show -n Microsoft.App ',
      out: {
        registrationState: 'Registered',
        resourceTypes: [
          { resourceType: 'managedEnvironments', locations: ['Sweden Central', 'West Europe'] },
        ],
      },
    },
    { match: 'provider show', out: { registrationState: 'Registered' } },
    { match: 'provider register --wait' },
    {
      match: 'cognitiveservices account list-skus --kind AIServices',
      out: ['SWEDENCENTRAL', 'WESTEUROPE', 'EASTUS'].map((region) => ({
        kind: 'AIServices',
        name: 'S0',
        locations: [region],
        restrictions: [],
      })),
    },
    { match: 'cognitiveservices account list-deleted', out: [] },
    { match: 'cognitiveservices account purge' },
    {
      match: 'rest --method get --url /subscriptions/*/usages',
      out: { value: [{ name: { value: 'ManagedEnvironmentCount' }, currentValue: 1, limit: 20 }] },
    },
    {
      match: 'rest --method post --url /subscriptions/*/checkDomainAvailability',
      out: { isSubdomainAvailable: true },
    },
    { match: 'acr check-name', out: { nameAvailable: true } },
    { match: 'ad signed-in-user show', out: { id: PERSON } },
    {
      match: 'acr repository show',
      sh: `[ -e "$state/built" ] || { echo 'ERROR: Error: repository "stt" is not found. Correlation ID: 1.' >&2; exit 3; }`,
      out: { digest: DIGEST },
    },
    {
      match: 'acr build',
      sh: `pwd > "$state/build-directory"; ls > "$state/build-files"; : > "$state/built"`,
      out: 'Step 1/9 : FROM bun\nRun ID: ca1 was successful\n',
    },
    {
      match: 'containerapp show',
      sh: `[ -e "$state/revision" ] || { echo '${NOT_THERE.split('\n')[0]}' >&2; exit 3; }
r=$(cat "$state/revision")
printf '{"properties":{"latestRevisionName":"stt--%s","latestReadyRevisionName":"stt--%s"}}' "$r" "$r"`,
    },
    {
      match: 'containerapp revision show',
      sh: `printf '{"properties":{"provisioningState":"Provisioned","runningState":"Running","healthState":"Healthy","template":{"containers":[{"image":"%s"}]}}}' "$(cat "$state/image")"`,
    },
    { match: 'containerapp logs show', out: 'last words of the revision\n' },
  ];
}
