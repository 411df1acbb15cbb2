/** What the errors of Azure, az and Pulumi mean here, and what to type next. */
import { explainWith, pulumiExplanations } from '../verbs/explain.ts';
import type { Explanation, Facts } from '../verbs/explain.ts';

/** The first that fits decides, so the special ones come before the general ones. */
export const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern:
      /AADSTS700082|AADSTS50173|AADSTS70043|AADSTS50078|AADSTS50076|refresh token has expired|ExpiredAuthenticationToken|token (?:has )?expired/i,
    title: 'AADSTS700082, AADSTS50173, AADSTS70043, AADSTS50076',
    sentence: 'The login of az has expired, or the tenant wants a second factor.',
    next: 'az login',
  },
  {
    pattern: /az login|not logged in|No subscription found|AADSTS\d+/i,
    title: "Please run 'az login'",
    sentence: 'az is not logged in.',
    next: 'az login',
  },
  {
    pattern: /SubscriptionNotFound|subscription .{0,60}(?:could not be found|doesn't exist)/i,
    title: 'SubscriptionNotFound',
    sentence: 'This login does not see the subscription.',
    next: 'az account list -o table, then az account set --subscription <subscriptionId>',
  },
  {
    pattern: /FlagMustBeSetForRestore|soft[- ]deleted/i,
    title: 'FlagMustBeSetForRestore',
    sentence: 'A deleted account of that name is kept for 48 hours and holds it.',
    next: 'az cognitiveservices account purge -n <account> -g <resourceGroup> -l <location>, then the same again',
  },
  {
    pattern: /CustomDomainInUse/,
    title: 'CustomDomainInUse',
    sentence:
      'Somebody else has an account of that name: names of accounts are unique in the world.',
    next: 'make provision NAME=<another>',
  },
  {
    pattern: /RoleAssignmentUpdateNotPermitted/,
    title: 'RoleAssignmentUpdateNotPermitted',
    sentence:
      'There is a role assignment of that id for another identity, left from an earlier stack.',
    next: 'az role assignment list --all -g <resourceGroup> -o table, delete the ones of identities that are gone, then the same again',
  },
  {
    pattern: /RoleAssignmentExists/,
    title: 'RoleAssignmentExists',
    sentence:
      'The role is given already, but not by this stack: its state was lost, or somebody gave it by hand.',
    next: 'az role assignment list --all -g <resourceGroup> -o table, delete that one with az role assignment delete --ids <id>, then the same again',
  },
  {
    pattern: /cannot create already existing resource/,
    title: 'cannot create already existing resource',
    sentence:
      "Azure has it and Pulumi's state does not: the state was lost, or somebody made it by hand.",
    next: 'pulumi import <type> <name> <id> --stack azure with what the error names, or az group delete -n <resourceGroup> where nothing in it is needed, then the same again',
  },
  {
    pattern: /AuthorizationFailed|does not have authorization|LinkedAuthorizationFailed/,
    title: 'AuthorizationFailed',
    sentence:
      'This login may not do that. Making everything needs Owner, or Contributor with Role Based Access Control Administrator. A role that was given a minute ago may not have arrived.',
    next: 'az role assignment create --assignee <user> --role Owner --scope /subscriptions/<subscriptionId> (by an owner), then az login and the same again',
  },
  {
    pattern: /RequestDisallowedByPolicy/,
    title: 'RequestDisallowedByPolicy',
    sentence: 'A policy of the subscription forbids this.',
    next: 'az policy assignment list -o table, and ask who set the one that the error names',
  },
  {
    pattern: /ReadOnlyDisabledSubscription|SubscriptionDisabled/,
    title: 'ReadOnlyDisabledSubscription',
    sentence: 'The subscription is disabled: its credit is used up, or a bill is open.',
    next: 'az account list -o table, then az account set --subscription <another>',
  },
  {
    pattern: /PrincipalNotFound/,
    title: 'PrincipalNotFound',
    sentence: 'A new identity is not known everywhere yet.',
    next: 'the same again in a minute',
  },
  {
    pattern: /MissingSubscriptionRegistration|SubscriptionNotRegistered/,
    title: 'MissingSubscriptionRegistration',
    sentence: 'The subscription has not registered a resource provider.',
    next: 'make provision, which offers to register them',
  },
  {
    pattern:
      /AccountProvisioningStateInvalid|RequestConflict|AnotherOperationInProgress|ResourceGroupBeingDeleted|OperationNotAllowed.*another operation|ContainerAppOperationInProgress/i,
    title: 'AccountProvisioningStateInvalid, RequestConflict (409)',
    sentence: 'Azure still works on an earlier step of the same resource.',
    next: 'the same again in a minute',
  },
  {
    pattern: /MaxNumberOf(?:Regional|Global)EnvironmentsInSub/,
    title:
      'MaxNumberOfRegionalEnvironmentsInSubExceeded, MaxNumberOfGlobalEnvironmentsInSubExceeded',
    sentence:
      'The subscription may have no further Container Apps environment, in this region or at all.',
    next: 'make provision LOCATION=<another region>, or ask for more in the portal under Quotas',
  },
  {
    pattern: /InsufficientQuota|QuotaExceeded|SubscriptionQuota|quota.{0,40}exceed/i,
    title: 'InsufficientQuota',
    sentence: 'The subscription has no quota left for this in this region.',
    next: 'make provision LOCATION=<another region>, or ask for more in the portal under Quotas',
  },
  {
    pattern:
      /LocationNotAvailableForResourceType|SkuNotAvailable|NoRegisteredProviderFound|InvalidResourceLocation|SkuNotEligible|InvalidApiSetId/,
    title: 'LocationNotAvailableForResourceType, SkuNotAvailable',
    sentence: 'The region does not offer this.',
    next: 'make provision LOCATION=swedencentral',
  },
  {
    pattern: /TasksOperationsNotAllowed/,
    title: 'TasksOperationsNotAllowed',
    sentence:
      'A subscription on free credit may not build in the registry. Build with Docker; make deploy-azure takes an image that is there.',
    next: 'az acr login -n <registry> && docker build -f service/Dockerfile -t <registry>.azurecr.io/<image> . && docker push <registry>.azurecr.io/<image>, then make deploy-azure',
  },
  {
    pattern:
      /Operation expired|ContainerAppOperationError|RevisionProvisioning|Failed to provision revision/i,
    title: 'Operation expired, ContainerAppOperationError',
    sentence: 'The new revision of the app did not become ready in time.',
    next: 'az containerapp logs show -n <app> -g <resourceGroup> --tail 100, then make deploy-azure',
  },
  ...pulumiExplanations('azure'),
  {
    pattern: /cannot be deleted|is protected/,
    title: 'resource … cannot be deleted because it is protected',
    sentence:
      'A change would replace or delete what holds data. Only the teardown lifts that protection.',
    next: 'make destroy-azure, if the data may go',
  },
  {
    pattern:
      /getaddrinfo|ENOTFOUND|Max retries exceeded|no such host|Connection (?:reset|refused)|Could not connect/i,
    title: 'Max retries exceeded, no such host',
    sentence: 'Azure could not be reached from here.',
    next: 'curl -sI https://management.azure.com to see, then the same again',
  },
];

/** What is known about an error: sentence and next command, or null. */
export function explain(text: string, facts: Facts = {}): string | null {
  return explainWith(EXPLANATIONS, text, facts);
}
